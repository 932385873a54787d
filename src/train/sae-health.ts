/**
 * How an SAE does on whole training users: neurons that fire for none of them, and how much of the embeddings' variance
 * it rebuilds. Looked at after every epoch, so that a training that collapses is seen to, and by AuxK: what a batch
 * shows, parts of histories and single items, is not what the SAE is used on, and a neuron may fire for those only.
 *
 *   explained = 1 − Σ‖u − out‖²/Σ‖u − mean(u)‖²
 *
 * Of more than 16,384 users that many are taken, evenly spread.
 */
import { Tape, type Matrix } from "../autograd/index.js";
import type { Engine } from "../engine/engine.js";
import type { SaeHealth } from "../models/learner.js";
import type { SparseAutoencoder } from "../models/sae/sparse-autoencoder.js";

export type { SaeHealth };

const MOST_USERS = 16_384;
const BATCH = 1024;

export class HealthCheck {
  /** (H) 1: fired for no user at the last look. Part of a checkpoint. */
  readonly silent: Int32Array;
  private readonly users: Int32Array;
  private readonly variance: number;

  /** @param train (U, D) embeddings. */
  constructor(
    private readonly engine: Engine, private readonly sae: SparseAutoencoder, private readonly train: Matrix,
  ) {
    this.silent = new Int32Array(sae.neurons);
    const n = Math.min(train.rows, MOST_USERS);
    this.users = Int32Array.from({ length: n }, (_, i) => Math.floor((i * train.rows) / n));
    this.variance = varianceOf(train, this.users);
  }

  look(): SaeHealth {
    const { engine, sae, train, users, silent } = this;
    // On top of whatever the heap holds now: what is below belongs to the training.
    const tape = new Tape(engine, false);
    const D = train.cols;
    silent.fill(1);
    let [errors, active] = [0, 0];
    for (let from = 0; from < users.length; from += BATCH) {
      tape.reset();
      const u = tape.rowsOf(train, users.subarray(from, from + BATCH));
      const { code, input } = sae.encode(tape, u);
      const out = sae.decode(tape, code, input);
      for (let i = 0; i < u.rows * D; i++) errors += (u.data[i] - out.data[i]) ** 2;
      for (let r = 0; r < code.rows; r++) {
        for (let q = code.rowStart[r]; q < code.rowEnd[r]; q++) {
          if (!(code.values![q] > 0)) continue;
          silent[code.indices[q]] = 0;
          active++;
        }
      }
    }
    tape.reset();
    const dead = silent.reduce((sum, s) => sum + s, 0);
    return {
      dead, neurons: sae.neurons, explained: this.variance > 0 ? 1 - errors / this.variance : NaN,
      l0: active / Math.max(1, users.length),
    };
  }
}

/** Σ‖u − mean‖² over rows. */
function varianceOf({ data, cols }: Matrix, rows: Int32Array): number {
  const mean = new Float64Array(cols);
  for (const row of rows) for (let d = 0; d < cols; d++) mean[d] += data[row * cols + d] / rows.length;
  let sum = 0;
  for (const row of rows) for (let d = 0; d < cols; d++) sum += (data[row * cols + d] - mean[d]) ** 2;
  return sum;
}

/** Half of the dictionary silent: whatever it was meant for, it is not that. */
const COLLAPSED_DEAD = 0.5;
const COLLAPSED_VARIANCE = 0.2;

/** What a person should be told, null when all is well. */
export function collapseWarning({ dead, neurons, explained }: SaeHealth): string | null {
  const says: string[] = [];
  if (dead >= COLLAPSED_DEAD * neurons) says.push(`${dead} of ${neurons} neurons fire for no training user`);
  if (!(explained >= COLLAPSED_VARIANCE)) {
    says.push(`the SAE rebuilds ${Math.round(100 * explained)} % of the embeddings' variance`);
  }
  if (says.length === 0) return null;
  return `${says.join(", and ")}: training went wrong. ` +
    "Try a smaller sae.learningRate, fewer neurons (sae.expansion), or sae.auxWeight=0.03";
}
