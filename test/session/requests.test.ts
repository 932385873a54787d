/** What may be asked of a list: filters, pages, weights, dislikes, several persons; held against the full ranking. */
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { csrRow } from "../../src/base/csr.js";
import { UserError } from "../../src/base/user-error.js";
import { openEngine } from "../../src/engine/open.js";
import type { ListRequest } from "../../src/session/list-request.js";
import { openSession } from "../../src/session/open-session.js";
import type { Profile } from "../../src/session/profile.js";
import { tinyModel } from "../pipeline/tiny-model.js";

const model = await tinyModel();
const { ids, titles } = model.items;
const session = openSession(model, { threads: 1 });
const likes = ["i1", "i2", "i3"];

function refuses(act: () => unknown, pattern: RegExp): void {
  assert.throws(act, (error: unknown) => error instanceof UserError && pattern.test(error.message));
}

test("a filtered list is the full ranking without what is filtered, whatever is asked", () => {
  const everything = session.recommend(likes, { n: ids.length, seen: "keep" }).items;
  const carriers = (tag: string): Set<number> =>
    new Set(csrRow(model.tags!.counts, session.findTag(tag)));
  const someIds = fc.option(fc.uniqueArray(fc.constantFrom(...ids), { maxLength: ids.length }), { nil: undefined });
  const someTags = fc.option(fc.uniqueArray(fc.constantFrom(...model.tags!.names), { minLength: 1, maxLength: 3 }),
    { nil: undefined });
  const request = fc.record({
    n: fc.integer({ min: 1, max: 2 * ids.length }), offset: fc.integer({ min: 0, max: ids.length }),
    only: fc.record({ ids: someIds, tags: someTags }), except: fc.record({ ids: someIds, tags: someTags }),
    seen: fc.constantFrom("drop" as const, "keep" as const), minUsers: fc.integer({ min: 0, max: 40 }),
  });
  const fresh = (): typeof session => openSession(model, { engine: session.engine });
  fc.assert(fc.property(request, fc.boolean(), ({ n, offset, only, except, seen, minUsers }, warm) => {
    const tagged = (names: readonly string[], item: number): boolean => names.some((tag) => carriers(tag).has(item));
    const expected = everything.filter(({ id, item }) =>
      (!only.ids || only.ids.includes(id)) && (!only.tags || tagged(only.tags, item)) &&
      !except.ids?.includes(id) && !(except.tags && tagged(except.tags, item)) &&
      (seen === "keep" || !likes.includes(id)) && model.items.users![item] >= minUsers);
    const asked = warm ? session : fresh();
    const got = asked.recommend(likes, { n, offset, only, except, seen, minUsers });
    assert.equal(got.items, expected.slice(offset, offset + n));
  }), { seed: 7, numRuns: 150 });
});

test("a few allowed items are scored alone, to the same bits, by knobs and weights too", () => {
  const profiles: Profile[] = [likes, { items: likes, weights: [1, 2, 0.5], dislikes: ["i7"] }];
  for (const profile of profiles) {
    for (const few of [["i5"], ["i9", "i4", "i20"], ["i1", "i7", "i12"]]) {
      const alone = openSession(model, { engine: session.engine })
        .recommend(profile, { only: { ids: few }, seen: "keep" }).items;
      const full = session.recommend(profile, { n: ids.length, seen: "keep" }).items;
      assert.equal(alone, full.filter(({ id }) => few.includes(id)));
    }
  }
});

test("a predicate filters likewise, and knobs keep to the filter", () => {
  const where = ({ item }: { item: number }): boolean => item % 3 === 0;
  const request: ListRequest = { n: 5, only: { where } };
  const { before, after, places } = session.steer(likes, [{ neuron: 0, strength: 0.5 }], request);
  assert.ok([...before, ...after].every(({ item }) => item % 3 === 0));
  assert.equal(before, session.recommend(likes, request).items);
  const allowed = session.recommend(likes, { n: ids.length, only: { where } }).items.map(({ id }) => id);
  assert.equal(places, after.map(({ id }) => allowed.indexOf(id) + 1));
});

test("unknown ids are skipped and named, in profiles and in filters", () => {
  const { items, ignored, popular } = session.recommend([...likes, "gone"], { except: { ids: ["lost", "i5"] } });
  assert.equal(ignored, ["gone", "lost"]);
  assert.is(popular, false);
  assert.equal(items, session.recommend(likes, { except: { ids: ["i5"] } }).items);
  assert.equal(session.inspectUser([...likes, "gone"]).ignored, ["gone"]);
  assert.equal(session.steer([...likes, "gone"], []).ignored, ["gone"]);
  assert.equal(session.explain([...likes, "gone"], "i9").ignored, ["gone"]);
});

test("titles are no ids", () => {
  assert.equal(session.recommend([titles[4]]).ignored, [titles[4]]);
  assert.equal(session.idsByTitle([titles[4]]), [ids[4]]);
  refuses(() => session.idsByTitle(["i1 is no title"]), /no item has the id or title/);
  refuses(() => session.explain(likes, titles[4]), /no item has the id/);
});

test("nobody gets the popular items, marked, or an error if that is wanted", () => {
  const { items, popular, ignored } = session.recommend(["gone"], 5);
  const { users } = model.items;
  assert.is(popular, true);
  assert.equal(ignored, ["gone"]);
  const order = ids.map((_, i) => i).sort((a, b) => users![b] - users![a] || a - b).slice(0, 5);
  assert.equal(items.map(({ item, score }) => [item, score]), order.map((item) => [item, users![item]]));
  refuses(() => session.recommend(["gone"], { empty: "refuse" }), /none of the profile's items: "gone"/);
  refuses(() => session.steer(["gone"], []), /none of the profile's items/);
});

test("a dislike subtracts what the item adds, and is never listed", () => {
  const D = model.shape.factors;
  const vectors = model.cfae.encoder.data;
  const open = openSession(model, { engine: session.engine, residual: "keep" });
  const { items } = open.recommend({ items: likes, weights: [1, 2, 1], dislikes: ["i6"] }, { n: 3, seen: "keep" });
  assert.ok(items.every(({ id }) => id !== "i6"));
  const weights = new Map([["i1", 1], ["i2", 2], ["i3", 1], ["i6", -1]]);
  for (const { item, id, score } of items) {
    let expected = -(weights.get(id) ?? 0);
    for (const [other, weight] of weights) {
      const at = ids.indexOf(other);
      for (let d = 0; d < D; d++) expected += weight * vectors[at * D + d] * vectors[item * D + d];
    }
    assert.ok(Math.abs(score - Math.max(0, expected)) < 1e-5, `${score} against ${expected}`);
  }
  const why = open.explain({ items: likes, weights: [1, 2, 1], dislikes: ["i6"] }, "i2");
  assert.is(why.own, 2);
  const parts = why.contributions.reduce((sum, { contribution }) => sum + contribution, 0);
  assert.ok(Math.abs(why.base - why.own + parts + why.unexplained - why.score) < 1e-5);
});

test("explain says why no list has an item", () => {
  const profile = { items: likes, dislikes: ["i6"] };
  const request: ListRequest = { only: { ids: ["i8"] } };
  const reasons = ["i1", "i6", "i9", "i8"].map((id) => session.explain(profile, id, [], request).leftOut);
  assert.equal(reasons, ["seen", "disliked", "filtered", null]);
});

test("several profiles at once are answered as one by one", () => {
  const profiles: Profile[] = [likes, { items: ["i4"], dislikes: ["i5"] }, ["gone"]];
  const request: ListRequest = { n: 6, except: { ids: ["i9"] } };
  assert.equal(session.recommendAll(profiles, request), profiles.map((one) => session.recommend(one, request)));
});

test("what is no profile or no request is refused by name", () => {
  const wrong: [unknown, unknown, RegExp][] = [
    [[1214], 5, /the number 1214 in a profile: write "1214"/], [{ items: [7] }, 5, /the number 7/],
    ["i1", 5, /got string/], [null, 5, /got null/], [{ items: "i1" }, 5, /list of item ids, got string/],
    [{ items: likes, weights: [1] }, 5, /3 items needs as many weights, got 1/],
    [{ items: likes, weights: [1, -1, 1] }, 5, /above 0, got -1/],
    [{ items: likes, dislikes: ["i1"] }, 5, /among the items and among the dislikes/],
    [likes, 0, /at least 1 item/], [likes, { offset: -1 }, /offset/], [likes, { seen: "maybe" }, /seen must be one of/],
    [likes, { only: { tags: ["no such tag"] } }, /no tag/], [likes, { minUsers: NaN }, /minUsers/],
    [likes, { only: { ids: [3] } }, /the number 3 in only.ids/],
  ];
  for (const [profile, request, pattern] of wrong) {
    refuses(() => session.recommend(profile as Profile, request as ListRequest), pattern);
  }
});

test("a model that does not know popularity says so", () => {
  const items = { ids, titles };
  const old = openSession({ ...model, items }, { engine: openEngine({ threads: 1 }) });
  refuses(() => old.recommend(likes, { minUsers: 3 }), /how popular/);
  refuses(() => old.recommend([]), /how popular/);
});

test.run();
