/**
 * Which neurons have stopped firing, and how to give them a second life.
 *
 * Counting feeds AuxK (SparseAutoencoder.forward). Resampling (Bricken et al., 2023) is the other remedy: every few
 * epochs a dead neuron is pointed at a user whom the SAE rebuilds badly, picked with probability ∝ error². Its encoder
 * is as long as the mean of all where neurons compete for K places. The published fifth of that is for SAEs whose
 * neurons fire whatever the others do; among the top K such a neuron never fires, never learns, and stays dead.
 */
import { Tape, type Matrix, type SparseTensor, type Tensor } from "../../autograd/index.js";
import type { Random } from "../../base/random.js";
import type { Forgetful } from "../learner.js";
import type { SparseAutoencoder } from "./sparse-autoencoder.js";

/** Users among whom badly rebuilt ones are looked for. */
const CANDIDATES = 2048;
/** Of the mean norm, for the encoder row of a neuron that need not win a place. */
const WEAK = 0.2;

export class DeadNeurons {
  /** Training rows since each neuron last fired: (H). Part of a checkpoint. */
  readonly silentFor: Int32Array;

  /** @param limit rows after which a silent neuron counts as dead. */
  constructor(neurons: number, private readonly limit: number) {
    this.silentFor = new Int32Array(neurons);
  }

  /** Takes in the code of a training batch. */
  saw(code: Tensor | SparseTensor): void {
    const { silentFor } = this;
    const most = 2 ** 30;
    for (let n = 0; n < silentFor.length; n++) silentFor[n] = Math.min(most, silentFor[n] + code.rows);
    if ("data" in code) {
      const { data, cols } = code;
      for (let i = 0; i < data.length; i++) if (data[i] > 0) silentFor[i % cols] = 0;
      return;
    }
    const values = code.values!;
    for (let r = 0; r < code.rows; r++) {
      for (let q = code.rowStart[r]; q < code.rowEnd[r]; q++) if (values[q] > 0) silentFor[code.indices[q]] = 0;
    }
  }

  /** Dead neurons, ascending. @param also (H) 1 for those that somebody else knows to be dead. */
  list(also?: ArrayLike<number>): Int32Array {
    const dead: number[] = [];
    this.silentFor.forEach((rows, n) => { if (rows >= this.limit || also?.[n] === 1) dead.push(n); });
    return Int32Array.from(dead);
  }
}

/**
 * Points the dead neurons at badly rebuilt users and forgets their averages in the optimiser.
 * @param compete whether neurons compete for places (top K of any kind).
 */
export function resample(
  sae: SparseAutoencoder, optimiser: Forgetful, counter: DeadNeurons, train: Matrix, random: Random, compete: boolean,
): void {
  const dead = counter.list();
  if (dead.length === 0) return;
  const { engine, factors: D, neurons: H } = sae;
  const tape = new Tape(engine, false);
  const count = Math.min(CANDIDATES, train.rows);
  const users = Int32Array.from({ length: count }, () => random.below(train.rows));
  const { code, input } = sae.encode(tape, tape.rowsOf(train, users));
  const ones = engine.floats(count).fill(1);
  const rebuilt = sae.decode(tape, code, { mean: engine.floats(count).fill(0), std: ones });
  const error = engine.floats(count);
  engine.run("squaredError", error, rebuilt.data, input.rows.data, D);
  const cumulative = new Float64Array(count);
  let total = 0;
  for (let r = 0; r < count; r++) cumulative[r] = total += error[r] * error[r];

  const [encoderW, encoderB] = [sae.encoderW.data, sae.encoderB.data];
  const [decoderW, decoderB] = [sae.decoderW.data, sae.decoderB.data];
  let squares = 0;
  for (let i = 0; i < encoderW.length; i++) squares += encoderW[i] * encoderW[i];
  const length = (compete ? 1 : WEAK) * Math.sqrt(squares / H);
  for (const neuron of dead) {
    const draw = random.uniform() * total;
    const user = Math.min(count - 1, cumulative.findIndex((sum) => sum > draw));
    const direction = Float64Array.from({ length: D }, (_, j) => input.rows.data[user * D + j] - decoderB[j]);
    const norm = Math.hypot(...direction);
    if (!(norm > 0)) continue;
    for (let j = 0; j < D; j++) {
      decoderW[neuron * D + j] = direction[j] / norm;
      encoderW[neuron * D + j] = (length * direction[j]) / norm;
    }
    encoderB[neuron] = 0;
    for (const matrix of [sae.encoderW, sae.decoderW]) optimiser.forget(matrix, neuron * D, (neuron + 1) * D);
    optimiser.forget(sae.encoderB, neuron, neuron + 1);
    counter.silentFor[neuron] = 0;
  }
  tape.reset();
}
