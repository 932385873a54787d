/**
 * Where an SAE's training starts. docs/method.md §3 draws everything at random, and most dead neurons of a TopK SAE are
 * born that way: they point where no user is. Here, each by choice:
 *
 *   centre   b_dec is the mean or the geometric median of û, so that codes describe what differs between users
 *   data     decoder rows point to users: d_n = (û_i − b_dec)/‖û_i − b_dec‖
 *   tied     the encoder starts as the decoder (Gao et al., 2024), W_enc = s·W_dec; since rows of users overlap, s is
 *            the factor for which the first reconstructions fit a sample of users best
 */
import type { Matrix } from "../../autograd/index.js";
import { matmulABt } from "../../kernels/plain/matmul.js";
import { standardiseRows, subtractRow } from "../../kernels/plain/rows.js";
import { csrMatmul } from "../../kernels/plain/sparse.js";
import { topkRelu } from "../../kernels/plain/topk.js";
import type { Random } from "../../base/random.js";
import { normalisedRows, startRandom } from "../initialise.js";
import { saeKinds } from "./registry.js";
import { SparseAutoencoder, type SaeShape, type SaeWeights } from "./sparse-autoencoder.js";
import type { SaeConfig } from "../../config/sae.js";

/** Users that a centre is taken from, and users that a scale is fitted to, at most. */
const CENTRE_ROWS = 16384;
const SCALE_ROWS = 128;

/** @param own the training's generator (see sae.startSeed). @param train (rows, D) embeddings. */
export function startWeights(
  own: Random, train: Matrix, config: SaeConfig, shape: SaeShape & { k: number },
): SaeWeights {
  const { factors: D, neurons: H, k } = shape;
  const random = startRandom(own, config);
  const weights = SparseAutoencoder.initialise(random, shape);
  const { centre, start, tied, kind } = config;
  if (centre !== "zero") {
    const sample = standardisedRows(train, spread(train.rows, CENTRE_ROWS));
    weights.decoderB.set(centre === "mean" ? meanOf(sample, D) : geometricMedian(sample, D));
  }
  if (start === "data") weights.decoderW.set(userDirections(random, train, weights, H));
  if (tied) weights.encoderW.set(weights.decoderW);
  const record = saeKinds.get(kind);
  if (!tied && !record.startThreshold) return weights;
  const rows = standardisedRows(train, spread(train.rows, SCALE_ROWS));
  const B = rows.length / D;
  subtractRow(rows, rows, weights.decoderB, D, 0, B);
  const pre = new Float32Array(B * H);
  matmulABt(pre, rows, weights.encoderW, B, H, D, 0, 0, Math.max(B, H));
  const scale = tied ? fittingScale(rows, pre, weights, D, H, record.k === "unused" ? H : k) : 1;
  for (let i = 0; i < weights.encoderW.length; i++) weights.encoderW[i] *= scale;
  if (record.startThreshold) weights.threshold = record.startThreshold(pre, scale, shape);
  return weights;
}

/** Directions of users from the centre, a different user each; sums of two once there are more neurons than users. */
function userDirections(
  random: Random, train: Matrix, { decoderB, decoderW }: SaeWeights, neurons: number,
): Float32Array {
  const D = train.cols;
  const directions = new Float32Array(neurons * D);
  let order = new Int32Array(0);
  for (let n = 0; n < neurons; n++) {
    if (n % train.rows === 0) order = random.shuffle(Int32Array.from({ length: train.rows }, (_, i) => i));
    const users = n < train.rows ? [order[n]] : [order[n % train.rows], random.below(train.rows)];
    const rows = standardisedRows(train, users);
    for (let i = 0; i < rows.length; i++) directions[n * D + (i % D)] += rows[i] - decoderB[i % D];
  }
  normalisedRows(directions, D);
  // A user at the centre has no direction: the random one stays.
  for (let n = 0; n < neurons; n++) {
    if (directions[n * D] === 0 && directions.subarray(n * D, (n + 1) * D).every((v) => v === 0)) {
      directions.set(decoderW.subarray(n * D, (n + 1) * D), n * D);
    }
  }
  return directions;
}

/** s = ⟨x, x̂⟩/‖x̂‖² for reconstructions x̂ of x from each row's k largest pre-activations. */
function fittingScale(
  x: Float32Array, pre: Float32Array, { decoderW }: SaeWeights, D: number, H: number, k: number,
): number {
  const B = x.length / D;
  const starts = Int32Array.from({ length: B }, (_, r) => r * k);
  const [indices, ends] = [new Int32Array(B * k), new Int32Array(B)];
  const [values, rebuilt] = [new Float32Array(B * k), new Float32Array(B * D)];
  topkRelu(indices, values, ends, pre, H, k, 0, B);
  csrMatmul(rebuilt, starts, ends, indices, values, decoderW, D, 0, 0, B);
  let both = 0;
  let squares = 0;
  for (let i = 0; i < x.length; i++) {
    both += x[i] * rebuilt[i];
    squares += rebuilt[i] * rebuilt[i];
  }
  return both > 0 ? both / squares : 1;
}

/** û for some rows. */
export function standardisedRows(u: Matrix, rows: ArrayLike<number>): Float32Array {
  const picked = new Float32Array(rows.length * u.cols);
  const [mean, std] = [new Float32Array(rows.length), new Float32Array(rows.length)];
  for (let i = 0; i < rows.length; i++) {
    picked.set(u.data.subarray(rows[i] * u.cols, (rows[i] + 1) * u.cols), i * u.cols);
  }
  standardiseRows(picked, mean, std, picked, u.cols, 0, rows.length);
  return picked;
}

/** At most `most` of 0 … n−1, evenly spread. */
function spread(n: number, most: number): Int32Array {
  const count = Math.min(n, most);
  return Int32Array.from({ length: count }, (_, i) => Math.floor((i * n) / count));
}

function meanOf(rows: Float32Array, D: number): Float64Array {
  const mean = new Float64Array(D);
  for (let i = 0; i < rows.length; i++) mean[i % D] += rows[i] / (rows.length / D);
  return mean;
}

/** The point whose distances to all rows have the smallest sum: a mean that outliers do not move (Weiszfeld, 1937). */
export function geometricMedian(rows: Float32Array, D: number, iterations = 20): Float64Array {
  let centre = meanOf(rows, D);
  for (let iteration = 0; iteration < iterations; iteration++) {
    const next = new Float64Array(D);
    let total = 0;
    for (let from = 0; from < rows.length; from += D) {
      let squares = 0;
      for (let j = 0; j < D; j++) squares += (rows[from + j] - centre[j]) ** 2;
      const weight = 1 / Math.max(Math.sqrt(squares), 1e-6);
      total += weight;
      for (let j = 0; j < D; j++) next[j] += weight * rows[from + j];
    }
    centre = next.map((value) => value / total);
  }
  return centre;
}
