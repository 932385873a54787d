/** What axe-core finds on a page. */
import axe from "axe-core";
import type { Page } from "playwright-core";

/** What axe finds, a line each. */
export async function faults(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run(document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
      rules: { "label-content-name-mismatch": { enabled: true } },
    });
    return violations.flatMap(({ id, nodes }) => nodes.slice(0, 4).map(({ html, failureSummary }) =>
      `${id}: ${html.slice(0, 160)} ${failureSummary?.replaceAll("\n", " ").slice(0, 200) ?? ""}`));
  });
}
