/**
 * Items without interactions: the ridge map with what it recommends, and EASE's relatives that know side information.
 * The references were computed in double precision, so each check runs on a double engine beside the one at hand.
 */
import type { Engine } from "../../src/engine/engine.js";
import { Tape } from "../../src/autograd/index.js";
import { csrFromLists, csrIdentity, csrRow, csrSelectRows, type Csr } from "../../src/base/csr.js";
import { ndcg, recall } from "../../src/evaluate/metrics.js";
import { additiveEase, collectiveEase, l3ae } from "../../src/models/cold/content-ease.js";
import { RidgeMap, type Rows } from "../../src/models/cold/ridge-map.js";
import { normalisedRows } from "../../src/models/initialise.js";
import { Elsa } from "../../src/models/recommenders/elsa.js";
import type { Recommender } from "../../src/models/recommenders/recommender.js";
import { doubleEngine } from "../support/gradient-check.js";
import type { Checker } from "./checker.js";
import { denseToCsr } from "./inputs.js";
import { rank } from "./metrics.js";

export function checkColdItems(check: Checker, engine: Engine): void {
  const { golden } = check;
  const cold = [...golden.ints("inputs.cold_items")];
  const x = denseToCsr(golden, "inputs.X");
  const warmOnly = csrFromLists(Array.from({ length: x.rows }, (_, u) =>
    Array.from(csrRow(x, u)).filter((i) => !cold.includes(i))), x.cols);
  for (const [kind, one] of [["double", doubleEngine()], ["engine", engine]] as const) {
    (golden.value("ridge") as unknown[]).forEach((_, c) => {
      one.scope(() => { checkRidge(check, one, { at: `ridge.${c}`, kind, x, warmOnly, cold }); });
    });
    one.scope(() => { checkMatrices(check, one, kind, warmOnly); });
  }
}

interface RidgeCase {
  readonly at: string;
  readonly kind: string;
  readonly x: Csr;
  readonly warmOnly: Csr;
  readonly cold: readonly number[];
}

function checkRidge(check: Checker, engine: Engine, { at, kind, x, warmOnly, cold }: RidgeCase): void {
  const { golden } = check;
  const features = rowsOf(check, "inputs.tags");
  const data = golden.value(`${at}.rows_normalised`) ? normalisedRows(features.data, features.cols) : features.data;
  const vectors = rowsOf(check, "inputs.item_vectors");
  const warm = Array.from({ length: x.cols }, (_, i) => i).filter((i) => !cold.includes(i));
  const map = RidgeMap.fit(engine, picked({ ...features, data }, warm), golden.number(`${at}.lambda`));
  const known = picked(vectors, warm);
  check.compare(`${at}, ${kind}: W`, map.weights(known), `${at}.W`);
  const predicted = map.predict(known, picked({ ...features, data }, cold));
  check.compare(`${at}, ${kind}: vectors`, predicted.data, `${at}.cold_vectors`);
  const unit = normalisedRows(Float64Array.from(predicted.data), predicted.cols);
  check.compare(`${at}, ${kind}: unit vectors`, unit, `${at}.cold_vectors_unit`);

  const whole = Float64Array.from(vectors.data);
  cold.forEach((item, c) => whole.set(unit.subarray(c * vectors.cols, (c + 1) * vectors.cols), item * vectors.cols));
  const users = golden.ints(`${at}.users`);
  const tape = new Tape(engine, false);
  const model = new Elsa(engine, whole, x.cols, vectors.cols);
  const { data: all } = model.logits(tape, model.encode(tape, tape.sparseInput(warmOnly, users)));
  const scores = Float64Array.from({ length: users.length * cold.length }, (_, q) =>
    all[Math.floor(q / cold.length) * x.cols + cold[q % cold.length]]);
  check.compareRows(`${at}, ${kind}: scores`, scores, `${at}.scores`);
  const n = golden.shaped(`${at}.top5_positions_in_cold`).shape[1];
  const lists = rank(engine, scores, cold.length, n);
  const theirs = golden.array64(`${at}.scores`);
  check.lists(`${at}, ${kind}: top ${n}`, lists, `${at}.top5_positions_in_cold`, theirs, cold.length);
  const targets = csrSelectRows(x, users);
  const figures = Array.from(users, (_, u) => {
    const wanted = Int32Array.from(csrRow(targets, u)).filter((i) => cold.includes(i)).map((i) => cold.indexOf(i));
    const list = lists.slice(u * n, (u + 1) * n);
    return [recall(list, wanted), ndcg(list, wanted)];
  });
  check.compare(`${at}, ${kind}: recall`, figures.map(([r]) => r), `${at}.recall5`);
  check.compare(`${at}, ${kind}: nDCG`, figures.map(([, g]) => g), `${at}.ndcg5`);
}

function checkMatrices(check: Checker, engine: Engine, kind: string, train: Csr): void {
  const { golden } = check;
  const features = rowsOf(check, "inputs.tags");
  const compare = (at: string, model: Recommender): void => {
    const tape = new Tape(engine, false);
    const w = model.scores(tape, tape.sparseInput(csrIdentity(train.cols)));
    check.compare(`${at}, ${kind}: B`, Float64Array.from(w.data), `${at}.B`);
  };
  compare("l3ae", l3ae(engine, train, features, {
    lambda: golden.number("l3ae.reg_X"), contentLambda: golden.number("l3ae.reg_F"),
    trust: golden.number("l3ae.reg_E"),
  }));
  compare("collective", collectiveEase(engine, train, features, {
    lambda: golden.number("collective.reg"), alpha: golden.number("collective.alpha"),
  }));
  compare("additive", additiveEase(engine, train, features, {
    lambda: golden.number("additive.reg_X"), contentLambda: golden.number("additive.reg_F"),
    alpha: golden.number("additive.alpha"),
  }));
}

function rowsOf({ golden }: Checker, path: string): Rows & { readonly data: Float64Array } {
  const { shape: [rows, cols], data } = golden.shaped(path);
  return { rows, cols, data: Float64Array.from(data) };
}

function picked({ data, cols }: Rows, rows: readonly number[]): Rows {
  const out = new Float64Array(rows.length * cols);
  rows.forEach((row, r) => out.set(data.subarray(row * cols, (row + 1) * cols), r * cols));
  return { rows: rows.length, cols, data: out };
}
