/**
 * The contract that every recommender keeps, whatever is inside: call `recommenderContract` from a test file with a way
 * to train one.
 *
 * The world is a checkerboard: even users like even items, odd users odd ones. Each held-out user shows some items of
 * one colour; whoever has learnt anything personal ranks the rest of that colour first.
 */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Tape } from "../../src/autograd/index.js";
import type { Engine } from "../../src/engine/engine.js";
import { openEngine } from "../../src/engine/open.js";
import { rankAll } from "../../src/models/recommenders/rank-all.js";
import { csrFromLists, csrRow, type Csr } from "../../src/base/csr.js";
import { Random } from "../../src/base/random.js";
import type { ScoringModel } from "../../src/models/recommenders/scoring-model.js";
import { assertClose } from "./assert-close.js";

const USERS = 60;
const ITEMS = 24;

export interface Contract {
  name: string;
  /** A recommender trained on these users, in the engine's heap. */
  train: (engine: Engine, train: Csr, validation: Csr) => ScoringModel | Promise<ScoringModel>;
  /** Whether its lists depend on the user; popularity's do not. */
  personal: boolean;
}

/** `count` items of a colour, at random. */
function taste(random: Random, colour: number, count: number): number[] {
  const items = Array.from({ length: ITEMS / 2 }, (_, i) => 2 * i + colour);
  return random.shuffle(items).slice(0, count);
}

function users(seed: number, howMany: number, count: number): Csr {
  const random = new Random(seed);
  return csrFromLists(Array.from({ length: howMany }, (_, u) => taste(random, u % 2, count)), ITEMS);
}

function scoresOf(engine: Engine, model: ScoringModel, x: Csr): Float32Array[] {
  const tape = new Tape(engine, false);
  const { data, rows, cols } = model.scores(tape, tape.sparseInput(x));
  assert.equal([rows, cols], [x.rows, ITEMS]);
  const copied = Array.from({ length: rows }, (_, r) => Float32Array.from(data.subarray(r * cols, (r + 1) * cols)));
  tape.reset();
  return copied;
}

function listsOf(engine: Engine, model: ScoringModel, x: Csr, n: number, batchSize = 512): number[][] {
  const lists: number[][] = [];
  rankAll(engine, model, x, (row, list) => { lists[row] = [...list]; }, { n, batchSize });
  return lists;
}

export function recommenderContract({ name, train, personal }: Contract): void {
  for (const kernels of ["plain", "auto"] as const) {
    const engine = openEngine({ threads: 1, kernels, memoryBytes: 2 ** 26 });
    const held = users(8, 20, 5);
    let model: ScoringModel;
    const check = (what: string, body: () => void): void => {
      test(`${name}, ${kernels === "plain" ? "plain kernels" : "fastest kernels"}: ${what}`, async () => {
        model ??= await train(engine, users(7, USERS, 9), users(9, 10, 9));
        body();
      });
    };

    check("knows its number of items", () => assert.is(model.items, ITEMS));

    check("learns the checkerboard", () => {
      const lists = listsOf(engine, model, held, 7);
      const right = lists.map((list, u) => list.filter((i) => i % 2 === u % 2).length);
      if (personal) assert.equal(right, lists.map(() => 7));
      else assert.ok(right.some((hits) => hits < 7), "the test is too easy: lists without a user fit everyone");
    });

    check("a batch gives what its rows give one by one", () => {
      const batch = scoresOf(engine, model, held);
      batch.forEach((scores, u) => {
        const [alone] = scoresOf(engine, model, csrFromLists([[...csrRow(held, u)]], ITEMS));
        assertClose(alone, scores, { absolute: 1e-6, relative: 1e-6 }, `user ${u}`);
      });
      assert.equal(listsOf(engine, model, held, 6, 3), listsOf(engine, model, held, 6));
    });

    check("the order of rows is irrelevant", () => {
      const order = new Random(1).shuffle(Int32Array.from({ length: held.rows }, (_, u) => u));
      const shuffled = csrFromLists(Array.from(order, (u) => [...csrRow(held, u)]), ITEMS);
      const [straight, permuted] = [scoresOf(engine, model, held), scoresOf(engine, model, shuffled)];
      order.forEach((u, at) => assertClose(permuted[at], straight[u], { absolute: 0 }, `user ${u}`));
    });

    check("scoring changes nothing", () => {
      assert.equal(scoresOf(engine, model, held), scoresOf(engine, model, held));
    });

    check("lists hold unseen items only, each once, best first", () => {
      const scores = scoresOf(engine, model, held);
      listsOf(engine, model, held, 10).forEach((list, u) => {
        const seen = new Set(csrRow(held, u));
        assert.is(new Set(list).size, list.length);
        list.forEach((item, at) => {
          assert.ok(item >= 0 && item < ITEMS && !seen.has(item));
          if (at > 0) assert.ok(scores[u][list[at - 1]] >= scores[u][item]);
        });
      });
    });

    check("a list longer than the catalogue: every unseen item, then −1", () => {
      listsOf(engine, model, held, ITEMS + 5).forEach((list, u) => {
        const unseen = ITEMS - csrRow(held, u).length;
        assert.is(list.length, ITEMS + 5);
        assert.is(new Set(list.slice(0, unseen)).size, unseen);
        assert.ok(list.slice(0, unseen).every((item) => item >= 0));
        assert.ok(list.slice(unseen).every((item) => item === -1));
      });
    });

    check("nobody, and somebody who has seen everything", () => {
      const x = csrFromLists([[], Array.from({ length: ITEMS }, (_, i) => i), [3]], ITEMS);
      for (const scores of scoresOf(engine, model, x)) assert.ok(scores.every(Number.isFinite));
      const [nobody, everything, one] = listsOf(engine, model, x, 5);
      assert.ok(nobody.every((item) => item >= 0));
      assert.equal(everything, [-1, -1, -1, -1, -1]);
      assert.ok(one.every((item) => item >= 0 && item !== 3));
    });

    check("asked for a profile or for many, it answers with the same lists", () => {
      const lists = listsOf(engine, model, held, 7);
      assert.equal(model.recommend(held, 7).map(({ items }) => [...items]), lists);
      const profile = [...csrRow(held, 0)];
      const { items, scores } = model.recommend([...profile, profile[0]].reverse(), 7);
      assert.equal([...items], lists[0], "in any order, and said twice or once");
      const [all] = scoresOf(engine, model, csrFromLists([profile], ITEMS));
      assert.equal([...scores], Array.from(items, (item) => all[item]));
      assert.is(model.recommend(profile, ITEMS + 5).items.length, ITEMS - profile.length, "no empty places");
      assert.equal(model.recommend(csrFromLists([], ITEMS)), []);
    });

    check("what cannot be asked is refused", () => {
      for (const n of [0, -1, 1.5, NaN]) assert.throws(() => model.recommend([0], n), /whole number from 1 on/);
      for (const item of [-1, ITEMS, 0.5]) assert.throws(() => model.recommend([item]), /no item number/);
      assert.throws(() => model.recommend(csrFromLists([[0]], ITEMS - 1)), /23 items, the model has 24/);
    });

    check("no users, no lists", () => assert.equal(listsOf(engine, model, csrFromLists([], ITEMS), 5), []));
  }
}
