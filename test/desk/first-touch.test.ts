/** What a first visit, opinions on titles, kept mixes, two settings and a list taken along stand on. */
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { asCsv, asText } from "../../src/desk/state/list-table.js";
import {
  dislike, forgive, forgiveAll, listOf, neverShow, opinionOf, takeTaste, tasteOf,
} from "../../src/desk/state/opinions.js";
import { renameMix, savedMixes, saveMix, type SavedMix } from "../../src/desk/state/saved-mixes.js";
import { comparedWith, toSlot } from "../../src/desk/state/slots.js";
import { addItem, emptyState, setChannel, type Mix, type Target } from "../../src/desk/state/state.js";
import { variedItems } from "../../src/desk/state/varied-items.js";

const { mix: empty } = emptyState;
const heist: Target = { kind: "tag", tag: "heist" };

test("whatever is said of titles, each is liked, disliked, hidden or none of it", () => {
  const say = fc.tuple(fc.constantFrom(addItem, dislike, neverShow, forgive, opinionOf.more.back), fc.nat(4));
  fc.assert(fc.property(fc.array(say, { maxLength: 30 }), (said) => {
    const mix = said.reduce<Mix>((before, [change, id]) => change(before, String(id)), empty);
    const all = [...mix.profile, ...mix.disliked, ...mix.never];
    assert.is(new Set(all).size, all.length);
  }));
});

test("each opinion can be taken back, and a sample's titles are held against no more", () => {
  const mix = neverShow(dislike(addItem(empty, "1"), "2"), "3");
  for (const { change, back } of Object.values(opinionOf)) assert.equal(back(change(mix, "9"), "9"), mix);
  assert.equal(takeTaste(mix, ["2", "3", "4"]), { ...empty, profile: ["2", "3", "4"] });
  assert.equal(forgiveAll(mix), { ...empty, profile: ["1"] });
});

test("what the session is asked", () => {
  const liked = addItem(empty, "1");
  assert.equal([tasteOf(liked), listOf(liked, 20)], [["1"], 20]);
  const mix = neverShow(dislike(liked, "2"), "3");
  assert.equal(tasteOf(mix), { items: ["1"], dislikes: ["2"] });
  assert.equal(listOf(mix, 20), { n: 20, except: { ids: ["3"] } });
});

test("two settings keep what is turned in each, and each is compared with the other", () => {
  const a = setChannel(addItem(empty, "1"), heist, { strength: 0.5 });
  assert.is(comparedWith(a).slot, null);
  assert.equal(comparedWith(a).mix.channels.map(({ strength }) => strength), [0]);
  const b = toSlot(a, "B");
  assert.equal(b.channels, a.channels, "an unused one begins as a copy");
  const turned = setChannel(b, heist, { strength: -0.2 });
  const back = toSlot(turned, "A");
  assert.equal(back.channels, a.channels);
  assert.is(comparedWith(back).slot, "B");
  assert.equal(comparedWith(back).mix.channels, turned.channels);
  assert.equal(toSlot(back, "B").channels, turned.channels);
  assert.is(toSlot(back, "A"), back);
});

test("kept mixes: a name is there once; what another page wrote is left out", () => {
  const mixes = [["a", "1"], ["b", "2"], ["a", "3"]].reduce<SavedMix[]>((kept, [name, link]) =>
    saveMix(kept, { name, link }), []);
  assert.equal(mixes, [{ name: "a", link: "3" }, { name: "b", link: "2" }]);
  assert.equal(renameMix(mixes, "a", "c").map(({ name }) => name), ["c", "b"]);
  for (const name of ["", "b"]) assert.is(renameMix(mixes, "a", name), mixes);
  assert.equal(savedMixes(JSON.stringify([...mixes, null, 3, { name: 4, link: "" }, { name: "x" }])), mixes);
  for (const text of ["", "{", "{}", "null"]) assert.equal(savedMixes(text), []);
});

test("tiles are popular, and none is near another while there are others", async () => {
  const popular = Array.from({ length: 12 }, (_, i) => ({ id: String(i) }));
  const near = (id: string): Promise<string[]> => Promise.resolve([String(Number(id) + 1), String(Number(id) + 2)]);
  const ids = async (n: number): Promise<string[]> => (await variedItems(popular, near, n)).map(({ id }) => id);
  assert.equal(await ids(4), ["0", "3", "6", "9"]);
  assert.equal(await ids(6), ["0", "3", "6", "9", "1", "2"]);
  assert.is((await ids(40)).length, 12);
});

test("a list as CSV and as text; a title is no formula", () => {
  const item = (id: string, title: string): Parameters<typeof asCsv>[0][number] => ({ item: 0, id, title, score: 0.5 });
  const items = [item("7", "Airplane! (1980)"), item("8", 'The "Thing", cut'), item("9", "=SUM(A1)")];
  assert.is(asCsv(items), "rank,title,id,score\r\n1,Airplane! (1980),7,0.5\r\n2,\"The \"\"Thing\"\", cut\",8,0.5\r\n" +
    "3,'=SUM(A1),9,0.5\r\n");
  assert.is(asText(items), '1. Airplane! (1980)\n2. The "Thing", cut\n3. =SUM(A1)\n');
});

test.run();
