/** The reference of public names as Markdown, one text a subpath, from the doc comments (typedoc.json). */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** By name: "engine" → its Markdown. @throws when a name lacks a comment: TypeDoc's own words are on the terminal. */
export function apiReference(root: string): Map<string, string> {
  const folder = mkdtempSync(join(tmpdir(), "unknot-api-"));
  try {
    execFileSync(process.execPath, [
      join(root, "node_modules", "typedoc", "bin", "typedoc"), "--plugin", "typedoc-plugin-markdown", "--out", folder,
      "--outputFileStrategy", "modules", "--hidePageHeader", "--hideBreadcrumbs", "--useHTMLAnchors",
      "--logLevel", "Warn",
    ], { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
    const texts = readdirSync(folder).filter((file) => file.endsWith(".md"))
      .map((file) => [file.slice(0, -3), withExamples(readFileSync(join(folder, file), "utf8"))] as const);
    return new Map(texts);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Lines that a comment sets off by two blanks, an example or a formula, are shown as they stand. */
export function withExamples(markdown: string): string {
  return markdown.replace(/(?<=\n\n)((?: {2,}\S.*\n|\n(?= {2}))+)/g, (block) =>
    `\`\`\`\n${block.replace(/\n+$/, "").replaceAll(/^ {2}/gm, "")}\n\`\`\`\n`);
}
