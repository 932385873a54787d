/**
 * Sparse item vectors by compressing dense ones afterwards: the baseline that sparse training is held against
 * (CompresSAE; docs/method.md §8.7). An autoencoder of H neurons is trained on the items' vectors themselves, at unit
 * length, and an item is its code:
 *
 *   e = the n largest |p| of p = v·W_encᵀ + b, with their signs      out = e·W_dec, rows of W_dec at unit length
 *   loss = mean over items of 1 − cos(out, v)
 *
 * The authors add an eighth of the same loss over min(n, 4n) = n entries: of the same loss, to which Adam is blind.
 * Scores are products of codes, each at unit length, as those of sparse ELSA are. It is no SAE to read: its codes are
 * signed.
 */
import {
  cosineLoss, parameter, signedTopkEncode, sparseMatmul, Tape, Tensor, type EncoderInputs, type Matrix,
  type SparseTensor,
} from "../../src/autograd/index.js";
import { Random } from "../../src/base/random.js";
import { PAPER_ADAM } from "../../src/config/training.js";
import type { Engine } from "../../src/engine/engine.js";
import { range } from "../../src/models/encode-all.js";
import type { SparseItemVectors } from "../../src/models/recommenders/sparse-item-vectors.js";
import { SparseAutoencoder } from "../../src/models/sae/sparse-autoencoder.js";
import { Adam } from "../../src/train/adam.js";
import { fit } from "../../src/train/fit.js";

const BATCH = 1024;

export interface CompressSettings {
  /** H */
  readonly neurons: number;
  /** n: entries of an item. */
  readonly nonZeros: number;
  readonly epochs: number;
}

/**
 * @param vectors (I, D), rows of unit length.
 * @param look after every epoch: the items' codes are made when asked for, and belong to the callee.
 */
export async function compressItems(
  engine: Engine, vectors: Matrix, { neurons, nonZeros, epochs }: CompressSettings, seed: number,
  look: (epoch: number, loss: number, codes: () => SparseItemVectors) => void,
): Promise<void> {
  const random = new Random(seed);
  // Encoder and decoder begin as the same rows: drawn apart, half of the signs are wrong at first.
  const { encoderB, decoderW } = SparseAutoencoder.initialise(random.fork(), { factors: vectors.cols, neurons });
  await engine.scope(async () => {
    const [w, b, decoder] = [
      parameter(engine, decoderW, neurons, vectors.cols), parameter(engine, encoderB, 1, neurons),
      parameter(engine, decoderW, neurons, vectors.cols),
    ];
    const parameters = [
      { name: "encoder_w", tensor: w, unitRows: false }, { name: "encoder_b", tensor: b, unitRows: false },
      { name: "decoder_w", tensor: decoder, unitRows: true },
    ];
    const c = new Tensor(engine.floats(vectors.cols).fill(0), 1, vectors.cols, false);
    const inputs = (x: Tensor): EncoderInputs => ({ x, c, w, b });
    const optimiser = new Adam(engine, parameters, { ...PAPER_ADAM, learningRate: 1e-3, beta2: 0.999 });
    // Last: a tape's reset releases what was made after it.
    const [tape, reading] = [new Tape(engine), new Tape(engine, false)];
    await fit({
      rows: vectors.rows, parameters, optimiser,
      step(rows) {
        tape.reset();
        const x = tape.rowsOf(vectors, rows);
        const loss = cosineLoss(tape, sparseMatmul(tape, signedTopkEncode(tape, inputs(x), nonZeros), decoder), x);
        tape.backward(loss);
        return loss.data[0];
      },
      validate: () => 0,
    }, { batchSize: BATCH, epochs, patience: 0 }, random.fork(), {
      onEpoch: ({ epoch, trainLoss }) => {
        look(epoch, trainLoss, () => codesOf(reading, vectors, (x) => signedTopkEncode(reading, inputs(x), nonZeros)));
      },
    });
  });
}

/** Codes of all items at unit length, n entries each. */
function codesOf(tape: Tape, vectors: Matrix, encode: (x: Tensor) => SparseTensor): SparseItemVectors {
  const [columns, values]: number[][] = [[], []];
  let entries = 0;
  for (let from = 0; from < vectors.rows; from += BATCH) {
    tape.reset();
    const code = encode(tape.rowsOf(vectors, range(from, Math.min(vectors.rows, from + BATCH))));
    entries = code.indices.length / code.rows;
    for (let r = 0; r < code.rows; r++) {
      // An entry of exactly 0 is left out by the encoder; its place is filled by zeros in columns that are free.
      const own = new Map<number, number>();
      for (let q = code.rowStart[r]; q < code.rowEnd[r]; q++) own.set(code.indices[q], code.values![q]);
      const norm = Math.hypot(...own.values());
      for (let column = 0; own.size < entries; column++) if (!own.has(column)) own.set(column, 0);
      for (const [column, value] of [...own].sort(([one], [other]) => one - other)) {
        columns.push(column);
        values.push(norm > 0 ? value / norm : 0);
      }
    }
  }
  tape.reset();
  return { columns: Int32Array.from(columns), values: Float32Array.from(values), entries };
}
