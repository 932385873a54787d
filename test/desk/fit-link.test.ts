/** A link in a model that it was not made with: what is found again, and what is left out and named. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { LinkOrigin } from "../../src/desk/state/address.js";
import { fitLink } from "../../src/desk/state/fit-link.js";
import { emptyState, keyOf, type Channel, type DeskState, type Target } from "../../src/desk/state/state.js";
import { UserError } from "../../src/base/user-error.js";

const names = {
  fingerprint: "new", labels: ["noir", "ebm", null, "heist"], concepts: new Set(["film noir", "western"]),
};
const items = new Set(["1", "2"]);
const session: Parameters<typeof fitLink>[3] = {
  recommend: (profile) => {
    const ignored = (profile as string[]).filter((id) => !items.has(id));
    return ignored.length === (profile as string[]).length
      ? Promise.reject(new UserError("nothing known"))
      : Promise.resolve({ items: [], ignored, popular: false });
  },
  findTag: (tag) => (["heist", "jazz"].includes(tag) ? Promise.resolve(0) : Promise.reject(new UserError("no tag"))),
};
const none: LinkOrigin = { model: null, names: new Map() };

function stateWith(targets: readonly Target[], change: Partial<DeskState["mix"]> = {}): DeskState {
  const channels = targets.map((target): Channel => ({ target, strength: 0.25, muted: false, solo: false }));
  return { ...emptyState, mix: { ...emptyState.mix, channels, ...change } };
}

test("what the model has stays as it is, and nothing is said", async () => {
  const state = stateWith([
    { kind: "tag", tag: "heist" }, { kind: "concept", concept: "western" }, { kind: "neuron", neuron: 2 },
  ], { profile: ["1", "2"] });
  assert.equal(await fitLink(state, none, names, session), { state, note: null });
  assert.equal(await fitLink(state, { model: "new", names: new Map() }, names, session), { state, note: null });
});

test("what it does not have is left out and named, each thing once", async () => {
  const targets: Target[] = [
    { kind: "tag", tag: "polka" }, { kind: "neuron", neuron: 4 }, { kind: "tag", tag: "jazz" },
  ];
  const state = stateWith(targets, {
    profile: ["1", "7", "8", "9", "10"], paper: { tag: "polka", strength: 0.3, neurons: 1, mapping: "unique" },
  });
  const fitted = await fitLink({
    ...state, place: { ...state.place, inspected: { kind: "item", id: "77" } },
  }, none, names, session);
  assert.equal(fitted.state.mix.profile, ["1"]);
  assert.equal(fitted.state.mix.channels.map(({ target }) => keyOf(target)), ["tag:jazz"]);
  assert.is(fitted.state.mix.paper!.tag, null);
  assert.is(fitted.state.place.inspected, null);
  assert.is(fitted.note, "This model does not have the titles “7”, “8”, “9” and 1 more, the tag “polka”, neuron 4, " +
    "“77”: left out.");
  const nothing = await fitLink(stateWith([], { profile: ["7"] }), none, names, session);
  assert.equal([nothing.state, nothing.note], [emptyState, "This model does not have the title “7”: left out."]);
});

test("a neuron of another training is found by its name, a concept as a tag and the reverse", async () => {
  const state = stateWith([
    { kind: "neuron", neuron: 0 }, { kind: "neuron", neuron: 2 }, { kind: "neuron", neuron: 3 },
    { kind: "concept", concept: "heist" }, { kind: "tag", tag: "film noir" },
  ]);
  const origin = { model: "old", names: new Map([[0, "ebm"], [2, "polka"]]) };
  const { state: { mix }, note } = await fitLink(state, origin, names, session);
  assert.equal(mix.channels.map(({ target, strength }) => [keyOf(target), strength]), [
    ["neuron:1", 0.25], ["tag:heist", 0.25], ["concept:film noir", 0.25],
  ]);
  assert.is(note, "The link was made with another model. This model does not have neuron 2 (“polka”), neuron 3: " +
    "left out.");
});

test.run();
