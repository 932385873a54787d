/** The desk of a service that knows users: one is taken by id, and an unknown one is said. Skipped without Chromium. */
import type { Page } from "playwright-core";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { writeDataset } from "../../src/data/write-dataset.js";
import { chromiumAtHand, complaintsOf, launchChromium } from "../browser/browser-at-hand.js";
import { inTemporaryFolder } from "../pipeline/temporary-folder.js";
import { tinyWorld } from "../pipeline/tiny-model.js";
import { withService, type AtWork } from "../serve/at-work.js";

const chromium = chromiumAtHand();
const inChromium = chromium ? test : test.skip;
const { dataset } = tinyWorld();

/** The desk of a service with the world's users. */
async function withDesk(use: (page: Page, at: AtWork) => Promise<void>): Promise<void> {
  const browser = await launchChromium(chromium!);
  try {
    await inTemporaryFolder(async (folder) => {
      await writeDataset(join(folder, "data"), dataset);
      await withService(async (at) => {
        const page = await browser.newPage();
        await page.goto(at.url);
        await use(page, at);
        await page.close();
      }, { desk: "f32", data: { folder: join(folder, "data"), seed: 1 } });
    });
  } finally {
    await browser.close();
  }
}

inChromium("somebody's taste is taken by id, and an unknown id is said", () => withDesk(async (page, { service }) => {
  const problems = complaintsOf(page);
  await page.getByRole("button", { name: "Somebody" }).click();
  const dialog = page.getByRole("dialog", { name: "Somebody’s taste" });
  assert.match(await dialog.innerText(), `${dataset.userIds.length} people in`);
  const id = dialog.getByLabel("people in");
  await id.fill("no such person");
  await dialog.getByRole("button", { name: "Take this taste" }).click();
  await dialog.getByRole("alert").filter({ hasText: "no such person" }).waitFor();
  assert.is(problems.length, 1, "the refused request");
  const user = dataset.userIds[7];
  await id.fill(user);
  await dialog.getByRole("button", { name: "Take this taste" }).click();
  const expected = service.model.session.inspectUser(service.model.profile({ user })).history;
  await page.locator(".likes .title", { hasText: expected[0].title }).waitFor();
  while (await page.locator(".likes li").count() !== expected.length) await page.waitForTimeout(50);
  assert.equal(await page.locator(".likes .title").allTextContents(), expected.map(({ title }) => title));
}));

test.run();
