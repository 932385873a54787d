/**
 * Turning knobs (METHOD.md §5). With code e, total s = Σe (1 in the division when 0), strength α and target neurons
 * n₁ … n_r:
 *
 *   e′ = s · ((1−α)·e/s + Σᵢ (α/r)·1_{nᵢ})
 *
 * so the total activation stays s and α is the share of it that moves to the knob. α = 0 leaves e as it is.
 *
 * Several knobs are turned at once from the same e, each moving its own share: e′ = (1 − Σα)·e + s·Σ_k Σᵢ (α_k/r_k)·1,
 * so their order does not matter; shares that add up to more than 1 are refused. An empty code has nothing to move and
 * stays empty.
 */
import { SparseTensor, type Tape } from "../autograd/index.js";
import { UserError } from "../kernels/user-error.js";

export interface Knob {
  /** Target neurons, at least one. */
  neurons: readonly number[];
  /** α: share of the total activation that moves to them, 0 … 1. */
  strength: number;
}

/** Steers every row of a code with the same knobs. code: (B, H) sparse; the result is a new sparse (B, H). */
export function steerCode(tape: Tape, code: SparseTensor, knobs: readonly Knob[]): SparseTensor {
  return steerRows(tape, code, () => knobs);
}

/** As steerCode, with knobs of its own for each row (for evaluation: every user has another goal). */
export function steerRows(
  tape: Tape, code: SparseTensor, knobsOf: (row: number) => readonly Knob[],
): SparseTensor {
  const { engine } = tape;
  const values = code.values!;
  const added: Map<number, number>[] = [];
  const kept: number[] = [];
  let capacity = 0;
  for (let r = 0; r < code.rows; r++) {
    const knobs = knobsOf(r);
    checkKnobs(knobs, code.cols);
    const [start, end] = [code.rowStart[r], code.rowEnd[r]];
    let total = 0;
    for (let q = start; q < end; q++) total += values[q];
    const gain = new Map<number, number>();
    let moved = 0;
    for (const { neurons, strength } of knobs) {
      if (strength === 0) continue;
      moved += strength;
      for (const n of neurons) gain.set(n, (gain.get(n) ?? 0) + (total * strength) / neurons.length);
    }
    added.push(gain);
    kept.push(1 - moved);
    capacity += end - start + gain.size;
  }
  const starts = engine.ints(code.rows);
  const ends = engine.ints(code.rows);
  const indices = engine.ints(capacity);
  const steered = engine.floats(capacity);
  let at = 0;
  for (let r = 0; r < code.rows; r++) {
    starts[r] = at;
    const row = new Map<number, number>();
    for (let q = code.rowStart[r]; q < code.rowEnd[r]; q++) row.set(code.indices[q], values[q] * kept[r]);
    for (const [n, gain] of added[r]) row.set(n, (row.get(n) ?? 0) + gain);
    for (const [n, value] of [...row].sort((a, b) => a[0] - b[0])) {
      if (value === 0) continue;
      indices[at] = n;
      steered[at++] = value;
    }
    ends[r] = at;
  }
  return new SparseTensor(engine, code.rows, code.cols, starts, ends, indices, steered, false);
}

/** @throws UserError for a neuron that does not exist, a strength outside 0 … 1, or strengths that add up past 1. */
function checkKnobs(knobs: readonly Knob[], neurons: number): void {
  let sum = 0;
  for (const knob of knobs) {
    if (!(knob.strength >= 0 && knob.strength <= 1)) {
      throw new UserError(`a knob's strength must be between 0 and 1, got ${knob.strength}`);
    }
    if (knob.neurons.length === 0) throw new UserError("a knob needs at least one neuron");
    for (const n of knob.neurons) {
      if (!Number.isInteger(n) || n < 0 || n >= neurons) {
        throw new UserError(`there is no neuron ${n}: the model has neurons 0 to ${neurons - 1}`);
      }
    }
    sum += knob.strength;
  }
  if (sum > 1 + 1e-9) throw new UserError(`the strengths of all knobs add up to ${sum}, at most 1 can move`);
}
