/** TEASER against its formulas with the I × I matrix written out, and steering by tags. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Tape, type Matrix } from "../../src/autograd/index.js";
import { openEngine } from "../../src/engine/open.js";
import { csrFromLists, type Csr } from "../../src/base/csr.js";
import { Random } from "../../src/base/random.js";
import { Teaser, teaserLearner } from "../../src/models/recommenders/teaser.js";
import { ShiftProfile } from "../../src/steer/shift-profile.js";
import { DEFAULT_TEASER } from "../../src/config/teaser.js";
import type { FitResult } from "../../src/train/fit.js";
import { fitLearner } from "../../src/train/fit-scorer.js";
import { assertClose } from "../support/assert-close.js";
import { columnLists, normals } from "../support/random-floats.js";

const [USERS, ITEMS, TAGS] = [7, 11, 4];
const random = new Random(6);
const encoder = Float32Array.from(normals(random, ITEMS * TAGS));
const tags: Matrix = { data: Float32Array.from(normals(random, ITEMS * TAGS)), rows: ITEMS, cols: TAGS };
const lists = columnLists(random, USERS, ITEMS, 0.4);
const penalties = { offDiagonal: 0.7, weights: 0.3 };
const engine = openEngine({ threads: 1, memoryBytes: 2 ** 24 });

/** E·Gᵀ */
const itemItem = Float64Array.from({ length: ITEMS * ITEMS }, (_, at) => {
  const [i, j] = [Math.floor(at / ITEMS), at % ITEMS];
  let sum = 0;
  for (let t = 0; t < TAGS; t++) sum += encoder[i * TAGS + t] * tags.data[j * TAGS + t];
  return sum;
});
const expected = lists.flatMap((list) => Array.from({ length: ITEMS }, (_, j) =>
  list.reduce((sum, i) => (i === j ? sum : sum + itemItem[i * ITEMS + j]), 0)));

test("scores are x·offdiag(E·Gᵀ)", () => {
  const model = new Teaser(engine, encoder, tags, penalties);
  const tape = new Tape(engine, false);
  assertClose(model.scores(tape, tape.sparseInput(csrFromLists(lists, ITEMS))).data, expected, { absolute: 1e-5 });
});

test("the loss", () => {
  const model = new Teaser(engine, encoder, tags, penalties);
  const tape = new Tape(engine, false);
  const input = lists.flatMap((list) => Array.from({ length: ITEMS }, (_, j) => (list.includes(j) ? 1 : 0)));
  const mse = expected.reduce((sum, s, at) => sum + (s - input[at]) ** 2, 0) / (USERS * ITEMS);
  const off = itemItem.reduce((sum, v, at) => sum + (at % (ITEMS + 1) === 0 ? 0 : v * v), 0) / ITEMS ** 2;
  const squares = encoder.reduce((sum, v) => sum + v * v, 0) / encoder.length;
  assertClose(
    model.loss(tape, tape.sparseInput(csrFromLists(lists, ITEMS))).data[0], mse + 0.7 * off + 0.3 * squares,
    { absolute: 1e-5 },
  );
});

test("a shift of a tag adds α·G to the scores of a user, of no other", () => {
  const model = new Teaser(engine, encoder, tags, penalties);
  const tape = new Tape(engine, false);
  const x = tape.sparseInput(csrFromLists(lists, ITEMS));
  const profile = model.encode(tape, x);
  const before = profile.data.slice();
  const scores = new ShiftProfile(model).scores(tape, x, (row) => (row === 0 ? -1 : 1), 2);
  const byHand = expected.map((s, at) => s + (at < ITEMS ? 0 : 2 * tags.data[(at % ITEMS) * TAGS + 1]));
  assertClose(scores.data, byHand, { absolute: 1e-5 });
  assert.equal(profile.data, before, "the profile itself stays");
});

test("training beats the loss of E = 0, repeats bit by bit, and refuses tags of another catalogue", async () => {
  // Users have the items of one of two tags, about two in three of them.
  const taste = Array.from({ length: 80 }, (_, u) =>
    Array.from({ length: ITEMS }, (__, i) => i).filter((i) => i % 2 === u % 2 && random.uniform() < 0.67));
  const x = csrFromLists(taste, ITEMS);
  const colours: Matrix = {
    data: Float32Array.from({ length: ITEMS * 2 }, (_, at) => (at % 2 === Math.floor(at / 2) % 2 ? 1 : 0)),
    rows: ITEMS, cols: 2,
  };
  const config = {
    ...DEFAULT_TEASER, learningRate: 0.01, batchSize: 20, epochs: 40, patience: 0,
    offDiagonal: 0, weights: 0,
  };
  const trained = async (on: Csr, G: Matrix): Promise<{ fit: FitResult; learned: Float32Array }> => {
    const data = { train: on, validation: on, tags: G };
    const learner = teaserLearner(engine, data, config, new Random(1));
    const { model, fit: history } = await fitLearner(engine, "TEASER", learner, config, data, 1);
    return { fit: history, learned: Float32Array.from(model.parameters[0].tensor.data) };
  };
  const { fit, learned } = await trained(x, colours);
  const density = x.indices.length / (80 * ITEMS);
  assert.ok(
    fit.history[39].validationLoss < 0.6 * density, `${fit.history[39].validationLoss}, E = 0 gives ${density}`,
  );
  assert.is(learned.length, ITEMS * 2);
  assert.equal((await trained(x, colours)).learned, learned);
  const narrow = csrFromLists([[0]], 3);
  let message = "";
  await trained(narrow, tags).catch((error: Error) => { message = error.message; });
  assert.match(message, /11 items, the interactions 3/);
});

test.run();
