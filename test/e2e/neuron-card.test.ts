/** A neuron's card: what it shows is what the session says; notes stay; the way to its neighbours by number. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { chromiumAtHand } from "../browser/browser-at-hand.js";
import { DeskSite } from "./desk-page.js";

const chromium = chromiumAtHand();
const inChromium = chromium ? test : test.skip;

let site: DeskSite;
test.before(async () => { if (chromium) site = await DeskSite.open(chromium); });
test.after(async () => { if (chromium) await site.close(); });

inChromium("histogram, proof, notes, previous and next", async () => {
  const { like, neuron } = site.example();
  const report = site.session.inspectNeuron(neuron, 6);
  const { indices, values } = site.session.itemCodes;
  const firing = indices.filter((at, q) => at === neuron && values![q] > 0);
  assert.is(report.histogram.reduce((sum, count) => sum + count, 0), firing.length);
  assert.ok(report.histogram[9] > 0, "the strongest is in the last step");
  const desk = await site.visit(`${like}&neuron=${neuron}`, { viewport: { width: 1440, height: 900 } });
  const card = desk.page.locator(".neuron-card");
  await card.waitFor();
  assert.match(await card.locator(".histogram svg").getAttribute("aria-label") ?? "", report.histogram.join(", "));
  assert.match(await card.innerText(), report.concept!.name);
  await card.locator("textarea").fill("horror, but gentle");
  const following = site.session.atlas().find((one) => one.alive && one.neuron > neuron)!.neuron;
  await card.getByRole("button", { name: "Next" }).click();
  await desk.settled(`neuron=${following}`);
  assert.is(await card.locator("textarea").inputValue(), "");
  await card.getByRole("button", { name: "Previous" }).click();
  await desk.settled(`neuron=${neuron}`);
  await desk.page.reload();
  await card.waitFor();
  assert.is(await card.locator("textarea").inputValue(), "horror, but gentle");
  assert.equal(desk.problems, []);
  await desk.close();
});

test.run();
