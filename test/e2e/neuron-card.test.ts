/** A neuron's card: what it shows is what the session says; notes stay; the way to its neighbours, and to itself. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { percent, signed } from "../../src/base/numbers.js";
import { en } from "../../src/desk/words/en.js";
import { chromiumAtHand } from "../browser/browser-at-hand.js";
import { DeskSite } from "./desk-page.js";

const chromium = chromiumAtHand();
const inChromium = chromium ? test : test.skip;

let site: DeskSite;
test.before(async () => { if (chromium) site = await DeskSite.open(chromium); });
test.after(async () => { if (chromium) await site.close(); });

/** A neuron with a name, a concept and a living one after it: which it is, training decides. */
function chosen(): number {
  const alive = site.session.atlas().filter((one) => one.alive);
  return alive.slice(0, -1).find(({ neuron, label }) =>
    label !== null && site.session.inspectNeuron(neuron, 1).concept !== null)!.neuron;
}

inChromium("histogram, proof, notes, previous and next", async () => {
  const { like } = site.example();
  const neuron = chosen();
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

inChromium("what it lowers, and what turning it does to this list; the address of the card is copied", async () => {
  const { like } = site.example();
  const profile = like.replace("#like=", "").split(",");
  const [{ neuron }] = site.session.inspectUser(profile).neurons;
  const report = site.session.inspectNeuron(neuron, 6);
  const desk = await site.visit(`${like}&neuron=${neuron}`, { permissions: ["clipboard-read", "clipboard-write"] });
  const { page } = desk;
  const card = page.locator(".neuron-card");
  const section = (name: string): ReturnType<typeof page.locator> =>
    card.locator("section", { has: page.getByRole("heading", { name, exact: true }) });
  const lowered = section(en.card.lowers);
  assert.equal(await lowered.locator(".title").allTextContents(), report.lowers!.map(({ title }) => title));
  assert.equal(await lowered.locator(".number").allTextContents(), report.lowers!.map(({ score }) => signed(score, 2)));

  const settings = [0.3, 1, -1].map((strength) => [{ neuron, strength }]);
  const [little, all, muted] = site.session.steerEach(profile, settings, 20);
  await card.locator(".turned-effect tbody tr").nth(2).waitFor();
  assert.equal(await card.locator(".turned-effect td").allTextContents(), [little, all, muted].flatMap((lists) => {
    const has = new Set(lists.before.map(({ item }) => item));
    return [`${lists.after.filter(({ item }) => !has.has(item)).length} of 20`, percent(lists.kept)];
  }));
  const comes = all.after.filter(({ item }) => all.before.every((one) => one.item !== item)).slice(0, 4);
  assert.equal(await card.locator(".turned-effect .measured").first().locator(".title").allTextContents(),
    comes.map(({ title }) => title));

  await card.getByRole("button", { name: en.card.permalink }).click();
  await card.getByRole("button", { name: en.page.linkCopied }).waitFor();
  const address = await page.evaluate(() => navigator.clipboard.readText());
  assert.not.match(address, "like=", "nobody's taste is in it");
  await page.goto(address);
  await desk.settled("view=atlas");
  await card.locator(".hint", { hasText: en.card.effectNeedsTaste }).waitFor();
  assert.match(await page.locator(".inspector .kicker").innerText(), en.card.neuron(neuron));
  assert.equal(desk.problems, []);
  await desk.close();
});

inChromium("what it was called in earlier trainings", async () => {
  const called = await DeskSite.open(chromium!, (model) => ({
    ...model, labels: model.labels.map((label, n) => ({ ...label, earlier: n % 2 === 0 ? ["satire", null] : [] })),
  }));
  try {
    const alive = called.session.atlas().filter((one) => one.alive).map((one) => one.neuron);
    const [stayed, changed] = [0, 1].map((odd) => alive.find((n) => n % 2 === odd)!);
    const desk = await called.visit(`#neuron=${stayed}`);
    const names = desk.page.locator(".earlier .chip");
    await names.nth(1).waitFor();
    assert.equal(await names.allTextContents(), ["satirelast time", "no name2 trainings ago"]);
    await desk.page.goto(desk.page.url().replace(/#.*/, `#neuron=${changed}`));
    await desk.page.getByText(en.card.newMeaning).waitFor();
    await desk.close();
  } finally {
    await called.close();
  }
});

test.run();
