/**
 * TEASER (docs/method.md §2) in the steering benchmark: trained on the same users and told of the same visible halves.
 * Adding α to a tag of its profile adds α to the items that it was told of and to no other, so turned it is a boost on
 * another recommender's scores: what stands beside the knobs is that recommender with the boost. Where no strength
 * keeps enough of the model's own quality, it is shown unturned.
 */
import { Tape } from "../autograd/index.js";
import { csrRow, type Csr } from "../base/csr.js";
import { Random } from "../base/random.js";
import { DEFAULT_TEASER } from "../config/teaser.js";
import type { Split } from "../data/dataset.js";
import { inputAndTarget } from "../data/split-time.js";
import type { Engine } from "../engine/engine.js";
import { teaserLearner, type Teaser } from "../models/recommenders/teaser.js";
import { fitLearner } from "../train/fit-scorer.js";
import type { SteeredUsers } from "./steer-bench-lists.js";
import { marked, marksOf, type Method } from "./steer-bench-methods.js";

/** TEASER holds dense (I, T) matrices and works through them in every step: of more tags it is told of the sample. */
const MOST_TAGS = 1000;

/**
 * @param visible (T, I); @param sample the tags that are steered. @param people on whom the method will be used.
 * The heap is as it was afterwards.
 */
export async function openTeaserMethod(
  engine: Engine, { train, validation }: Split, visible: Csr, sample: readonly number[],
  people: readonly SteeredUsers[], { seed, signal }: { seed: number; signal?: AbortSignal },
): Promise<(tags: readonly number[]) => Method> {
  const I = visible.cols;
  const told = visible.rows <= MOST_TAGS ? Array.from({ length: visible.rows }, (_, t) => t) : sample;
  const carries = new Float32Array(I * told.length);
  told.forEach((tag, t) => { for (const item of csrRow(visible, tag)) carries[item * told.length + t] = 1; });
  const own = await engine.scope(async () => {
    const tags = { data: carries, rows: I, cols: told.length };
    const data = { train, validation: inputAndTarget(validation), tags };
    const learner = teaserLearner(engine, data, DEFAULT_TEASER, new Random(seed));
    const { model } = await fitLearner(engine, "TEASER", learner, DEFAULT_TEASER, data, seed, { signal });
    return new Map(people.map((some) => [some, scoredBy(engine, model, some)]));
  });
  return (tags) => ({
    ...marked("TEASER", marksOf(tags.map((tag) => csrRow(visible, tag)), I)), people: (some) => own.get(some)!,
  });
}

/** The same users with TEASER's scores. */
function scoredBy(engine: Engine, model: Teaser, users: SteeredUsers): SteeredUsers {
  const { rows, items, heldOut } = users;
  const scores = new Float32Array(rows * items);
  const spread = new Float64Array(rows);
  const tape = new Tape(engine, false);
  for (let r = 0; r < rows; r++) {
    tape.reset();
    const row = model.scores(tape, tape.sparseInput(heldOut.input, Int32Array.of(r))).data;
    let [mean, squares] = [0, 0];
    for (let j = 0; j < items; j++) mean += row[j] / items;
    for (let j = 0; j < items; j++) squares += (row[j] - mean) ** 2 / items;
    spread[r] = Math.sqrt(squares);
    scores.set(row, r * items);
    for (const item of csrRow(heldOut.input, r)) scores[r * items + item] = -Infinity;
  }
  tape.reset();
  return { ...users, scores, spread };
}
