/** What the desk's tag box finds: tags, and where there is none, what a wish in words asks for. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { emptyState, setChannel } from "../../src/desk/state/state.js";
import { findTagOrWish, noteOfWish, wishInWords, withWish } from "../../src/desk/views/tag-search.js";
import { readWish } from "../../src/session/read-wish.js";

const vocabulary = { tags: ["film noir", "romance", "western"], concepts: ["like Alien, Aliens"] };
const session = {
  searchTags: (text: string) => Promise.resolve(
    vocabulary.tags.filter((tag) => tag.includes(text)).map((tag) => ({ tag, items: 3, uses: 3 }))),
  wish: (text: string) => Promise.resolve(readWish(text, vocabulary)),
};

test("a tag is a tag; what is none is read as a wish; what is neither finds nothing", async () => {
  assert.equal((await findTagOrWish(session, "noir")).map(({ kind }) => kind), ["tag"]);
  const [wish] = await findTagOrWish(session, "more film noir, no romance");
  const knobs = [{ tag: "film noir", turn: 0.5 }, { tag: "romance", turn: -1 }];
  assert.equal(wish, { kind: "wish", knobs, unknown: [] });
  const [inPart] = await findTagOrWish(session, "more film noir, fewer zeppelins, no romance");
  assert.equal(inPart, { kind: "wish", knobs, unknown: ["fewer zeppelins"] });
  assert.is(noteOfWish({ unknown: ["fewer zeppelins"] }), "a wish; not understood: fewer zeppelins");
  assert.equal(await findTagOrWish(session, "more of the same"), []);
});

test("a wish sets all its channels at once and leaves the others", () => {
  const { knobs } = readWish("viel mehr western und weniger romance", vocabulary);
  assert.is(wishInWords(knobs), "western +75 %, romance −50 %");
  const before = setChannel(emptyState.mix, { kind: "neuron", neuron: 3 }, { strength: 0.2 });
  const turned = setChannel(before, { kind: "tag", tag: "romance" }, { strength: 0.9 });
  assert.equal(withWish(turned, knobs).channels.map(({ target, strength }) => [target, strength]), [
    [{ kind: "neuron", neuron: 3 }, 0.2], [{ kind: "tag", tag: "romance" }, -0.5],
    [{ kind: "tag", tag: "western" }, 0.75],
  ]);
});

test.run();
