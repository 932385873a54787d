/** The planted-concept world: reproducible, well-formed, of the size asked for, and true to its own truth. */
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { generateWorld, worldPresets } from "../../src/data/world/world.js";
import { csrColumnCounts, csrRow, type Csr } from "../../src/base/csr.js";

const world = generateWorld(worldPresets.tiny);

function assertRowsAscend(x: Csr): void {
  for (let r = 0; r < x.rows; r++) {
    const row = csrRow(x, r);
    for (let k = 0; k < row.length; k++) {
      assert.ok(row[k] >= 0 && row[k] < x.cols && (k === 0 || row[k] > row[k - 1]), `row ${r}`);
    }
  }
}

test("the same options give the same world, another seed another one", () => {
  assert.equal(generateWorld(worldPresets.tiny), world);
  const other = generateWorld({ ...worldPresets.tiny, seed: 1 });
  assert.not.equal(other.dataset.interactions.indices, world.dataset.interactions.indices);
});

test("the tiny world is the one that numbers were quoted for", () => {
  const { interactions, tags, itemTitles } = world.dataset;
  assert.equal([interactions.indices.length, tags!.tag.length], [14814, 3732]);
  assert.is(itemTitles[0], "Yesterday of the Shuttered Cigarette");
});

test("more tags do not change who watched what", () => {
  const other = generateWorld({ ...worldPresets.tiny, tagRate: 0.5 });
  assert.equal(other.dataset.interactions, world.dataset.interactions);
  assert.equal(other.dataset.itemTitles, world.dataset.itemTitles);
});

test("any admissible size is well-formed", () => {
  const options = fc.record({
    users: fc.integer({ min: 1, max: 40 }),
    items: fc.integer({ min: 20, max: 90 }),
    concepts: fc.integer({ min: 4, max: 80 }),
    noise: fc.double({ min: 0, max: 1, noNaN: true }),
    tagRate: fc.double({ min: 0, max: 1, noNaN: true }),
    activitySpread: fc.double({ min: 0, max: 2, noNaN: true }),
    popularityExponent: fc.double({ min: 0, max: 2, noNaN: true }),
    seed: fc.integer(),
  });
  fc.assert(fc.property(options, (o) => {
    const { dataset, truth } = generateWorld({ ...o, meanInteractions: 5 });
    const { interactions, tags } = dataset;
    assert.equal([interactions.rows, interactions.cols], [o.users, o.items]);
    assertRowsAscend(interactions);
    assertRowsAscend(truth.itemConcepts);
    assertRowsAscend(truth.userConcepts);
    for (let i = 0; i < o.items; i++) assert.ok([1, 2, 3].includes(csrRow(truth.itemConcepts, i).length));
    for (let u = 0; u < o.users; u++) {
      assert.ok([2, 3, 4].includes(csrRow(truth.userConcepts, u).length));
      const length = csrRow(interactions, u).length;
      assert.ok(length >= 5 && length <= o.items / 2);
    }
    assert.is(new Set(truth.conceptNames).size, o.concepts);
    assert.equal(tags!.names.slice(0, o.concepts), [...truth.conceptNames]);
    for (let a = 0; a < tags!.tag.length; a++) assert.ok(csrRow(interactions, tags!.user[a]).includes(tags!.item[a]));
    assert.is(new Set(dataset.itemTitles).size, o.items);
  }), { numRuns: 50 });
});

/** Share of a user's interactions that touch one of the user's tastes. */
function tasteShare({ dataset, truth }: typeof world): number {
  const { interactions } = dataset;
  let hits = 0;
  for (let u = 0; u < interactions.rows; u++) {
    const tastes = csrRow(truth.userConcepts, u);
    for (const i of csrRow(interactions, u)) if (csrRow(truth.itemConcepts, i).some((c) => tastes.includes(c))) hits++;
  }
  return hits / interactions.indices.length;
}

test("people follow their tastes, less so with noise", () => {
  const size = { users: 400, items: 1000, concepts: 40, meanInteractions: 20 };
  const [pure, noisy, blind] = [0, 0.5, 1].map((noise) => tasteShare(generateWorld({ ...size, noise })));
  // A blind draw of an item with two concepts meets three tastes of forty in about 1 − (1 − 3/40)² = 14 % of cases.
  assert.ok(pure > 0.97, `pure ${pure}`);
  assert.ok(blind > 0.1 && blind < 0.25, `blind ${blind}`);
  assert.ok(Math.abs(noisy - (pure + blind) / 2) < 0.03, `noisy ${noisy}`);
});

test("the mean activity is the one asked for, popularity has a head and a tail", () => {
  const { interactions } = generateWorld().dataset;
  assert.equal([interactions.rows, interactions.cols], [4000, 2000]);
  const mean = interactions.indices.length / 4000;
  assert.ok(Math.abs(mean - 38) < 1.5, `mean ${mean}`);
  const counts = csrColumnCounts(interactions).sort().reverse();
  const head = counts.subarray(0, 200).reduce((sum, c) => sum + c, 0) / interactions.indices.length;
  assert.ok(head > 0.2 && head < 0.4, `a tenth of the items takes ${head}`);
});

test("tags are mostly true", () => {
  const { dataset, truth } = generateWorld();
  const { tag, item, names } = dataset.tags!;
  const right = tag.filter((t, a) => csrRow(truth.itemConcepts, item[a]).includes(t)).length / tag.length;
  assert.ok(right > 0.89 && right < 0.92, `${right}`);
  assert.ok(names.length > truth.conceptNames.length, "there is shelf chatter to be filtered");
  assert.ok(csrColumnCounts(truth.itemConcepts).every((n) => n > 0), "every concept has items");
});

test("impossible worlds are refused in one message", () => {
  assert.throws(
    () => generateWorld({ users: 0, items: 300, concepts: 2, noise: 2 }),
    /users is 0.*conceptsPerItem is 1 … 3.*noise is 2/,
  );
  assert.throws(() => generateWorld({ items: 40 }), /meanInteractions is 38, expected 5 … 10/);
});

test.run();
