/**
 * Gradient check: what `backward` leaves in each tensor against central differences of the loss, in double precision.
 *
 * The loss is built anew for every probe, from values in ordinary arrays; nothing but the forward pass is trusted. With
 * step h = 1e-5 the differences are exact to about h² relative plus 1e-16/h absolute: 1e-8 is a fair bound for losses
 * around 1. Where an op has a kink (relu, top-k), the caller keeps the values away from it.
 */
import { Tape } from "../../src/autograd/tape.js";
import { parameter, type Tensor } from "../../src/autograd/tensor.js";
import type { Engine } from "../../src/engine/engine.js";
import { openEngine } from "../../src/engine/open.js";
import { assertClose, type Tolerance } from "./assert-close.js";

export interface Leaf {
  readonly rows: number;
  readonly cols: number;
  /** (rows, cols) */
  readonly values: Float64Array;
}

/** Builds the (1, 1) loss from the leaves' tensors, which all want gradients. */
export type LossOf<N extends string> = (tape: Tape, leaves: Record<N, Tensor>) => Tensor;

const STEP = 1e-5;

export function doubleEngine(): Engine {
  return openEngine({ precision: "f64", memoryBytes: 2 ** 25 });
}

/** Checks ∂loss/∂leaf for every element of every leaf and returns the gradients that `backward` found, by name. */
export function checkGradients<N extends string>(
  leaves: Readonly<Record<N, Leaf>>, lossOf: LossOf<N>, tolerance: Tolerance = { absolute: 1e-8, relative: 1e-7 },
): Record<N, Float64Array> {
  const engine = doubleEngine();
  const names = Object.keys(leaves) as N[];
  const tensors = {} as Record<N, Tensor>;
  for (const name of names) {
    tensors[name] = parameter(engine, leaves[name].values, leaves[name].rows, leaves[name].cols);
  }
  const tape = new Tape(engine);

  const loss = lossOf(tape, tensors);
  assertFinite(loss.data, "the loss");
  tape.backward(loss);
  const found = {} as Record<N, Float64Array>;
  for (const name of names) {
    const { grad, gradReady } = tensors[name];
    if (!grad || !gradReady) throw new Error(`${name} received no gradient`);
    found[name] = Float64Array.from(grad);
    assertFinite(found[name], `the gradient of ${name}`);
  }

  const forward = new Tape(engine, false);
  const valueAt = (name: N, at: number, value: number): number => {
    const { data } = tensors[name];
    const kept = data[at];
    data[at] = value;
    forward.reset();
    const result = lossOf(forward, tensors).data[0];
    data[at] = kept;
    return result;
  };
  for (const name of names) {
    const { values } = leaves[name];
    const expected = values.map((value, at) =>
      (valueAt(name, at, value + STEP) - valueAt(name, at, value - STEP)) / (2 * STEP));
    assertClose(found[name], expected, tolerance, `gradient of ${name}`);
  }
  return found;
}

function assertFinite(values: ArrayLike<number>, what: string): void {
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) throw new Error(`${what} holds ${values[i]} at [${i}]`);
  }
}
