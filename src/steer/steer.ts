/**
 * Turning knobs (docs/method.md §5). With code e, total s = Σe, strength α and target neurons n₁ … n_r the paper's is
 *
 *   e′ = s · ((1−α)·e/s + Σᵢ (α/r)·1_{nᵢ})
 *
 * so α is the share of the activation that moves to the neurons, and the total stays s. Here that is one knob of three
 * kinds, any number of which act together on the same e:
 *
 *   1. down   A knob of strength −α takes the share α from each of its neurons, an `only` knob takes the share α from
 *             all neurons that no `only` knob names. Shares multiply:  d_n = e_n · Π (1−α).
 *             What remains is scaled back to the total:  e° = s · d / Σd.
 *   2. up     Knobs of positive strength move their shares:  e′ = (1 − Σα)·e° + s · Σ_k α_k·w_k,
 *             w_k being the knob's weights divided by their sum, 1/r each by default.
 *
 * What follows from it, and is tested: α = 0 leaves e as it is, to the bit; the order of the knobs does not matter; the
 * total stays s and no activation becomes negative; one positive knob without weights is the paper's formula. Positive
 * shares that add up to more than 1 are refused. An empty code has nothing to move and stays empty. When step 1 leaves
 * nothing, the total goes to the neurons that knobs turn up, else evenly to those of the `only` knobs, and only when
 * there are none of either (everything was muted) is the code empty afterwards.
 */
import { SparseTensor, type Tape } from "../autograd/index.js";
import { checkKnobs } from "./check-knobs.js";

/** Neurons, and what share of a code's activation moves to or from them (docs/method.md §5). */
export interface Knob {
  /** Target neurons, at least one. */
  readonly neurons: readonly number[];
  /** α, −1 … 1: share of the total that moves to the neurons; when negative, share that is taken from each of them. */
  readonly strength: number;
  /** How the share is spread over the neurons: as many weights ≥ 0, not all 0. Default: evenly. */
  readonly weights?: ArrayLike<number>;
  /** Instead of moving activation there, takes the share α (0 … 1) from all other neurons. */
  readonly only?: boolean;
}

/** Silences neurons; the others take over their activation. */
export function mute(neurons: readonly number[]): Knob {
  return { neurons, strength: -1 };
}

/** Silences all other neurons ("solo"). Several of these leave the neurons of each. */
export function only(neurons: readonly number[]): Knob {
  return { neurons, strength: 1, only: true };
}

/** Steers every row of a code with the same knobs. code: (B, H) sparse; the result is a new sparse (B, H). */
export function steerCode(tape: Tape, code: SparseTensor, knobs: readonly Knob[]): SparseTensor {
  const change = combine(knobs, code.cols);
  return steer(tape, code, () => change);
}

/** As steerCode, with knobs of its own for each row (for evaluation: every user has another goal). */
export function steerRows(
  tape: Tape, code: SparseTensor, knobsOf: (row: number) => readonly Knob[],
): SparseTensor {
  return steer(tape, code, (row) => combine(knobsOf(row), code.cols));
}

/** All knobs together, the same in whatever order they were given. */
interface Change {
  /** Σα of the knobs that turn up. */
  readonly moved: number;
  /** Share of the total that each neuron gains; ascending by neuron. */
  readonly gain: ReadonlyMap<number, number>;
  /** Factor that each named neuron keeps; null when nothing is turned down. */
  readonly keep: ReadonlyMap<number, number> | null;
  /** Factor of all neurons that no `only` knob names. */
  readonly others: number;
  /** Neurons of `only` knobs, ascending; null without one. */
  readonly spared: ReadonlySet<number> | null;
}

function steer(tape: Tape, code: SparseTensor, changeOf: (row: number) => Change): SparseTensor {
  const { engine } = tape;
  const { rows, rowStart, rowEnd } = code;
  const values = code.values!;
  const steered: [neuron: number, activation: number][][] = [];
  let capacity = 0;
  for (let r = 0; r < rows; r++) {
    const row: [number, number][] = [];
    for (let q = rowStart[r]; q < rowEnd[r]; q++) row.push([code.indices[q], values[q]]);
    const turned = steerRow(row, changeOf(r));
    capacity += turned.length;
    steered.push(turned);
  }
  const starts = engine.ints(rows);
  const ends = engine.ints(rows);
  const indices = engine.ints(capacity);
  const activations = engine.floats(capacity);
  let at = 0;
  for (let r = 0; r < rows; r++) {
    starts[r] = at;
    for (const [neuron, activation] of steered[r]) {
      indices[at] = neuron;
      activations[at++] = activation;
    }
    ends[r] = at;
  }
  return new SparseTensor(engine, rows, code.cols, starts, ends, indices, activations, false);
}

/** One row as (neuron, activation) pairs; the result ascends by neuron and has no zeros. */
function steerRow(
  row: [neuron: number, activation: number][], { moved, gain, keep, others, spared }: Change,
): [number, number][] {
  row.sort((a, b) => a[0] - b[0]);
  const total = row.reduce((sum, entry) => sum + entry[1], 0);
  if (total === 0) return [];
  let share = moved;
  if (keep || spared) {
    const whole = total;
    let remaining = 0;
    for (const entry of row) {
      if (spared && !spared.has(entry[0])) entry[1] *= others;
      if (keep) entry[1] *= keep.get(entry[0]) ?? 1;
      remaining += entry[1];
    }
    if (remaining > 0) {
      // Undisturbed neurons that were alone keep their bits: whole / whole is 1.
      const scale = whole / remaining;
      for (const entry of row) entry[1] *= scale;
    } else if (gain.size > 0) {
      share = 1;
    } else if (spared) {
      const audible = [...spared].filter((n) => (keep?.get(n) ?? 1) > 0);
      return audible.map((n) => [n, total / audible.length]);
    }
  }
  if (gain.size === 0) return row.filter((entry) => entry[1] !== 0);
  const result = new Map<number, number>();
  for (const [n, activation] of row) result.set(n, activation * (1 - share));
  // Normally share = moved; when turning down left nothing, the gains are scaled up to take all.
  for (const [n, part] of gain) result.set(n, (result.get(n) ?? 0) + total * part * (share / moved));
  return [...result].filter((entry) => entry[1] !== 0).sort((a, b) => a[0] - b[0]);
}

/** @throws UserError for knobs that make no sense (check-knobs.ts). */
function combine(knobs: readonly Knob[], neurons: number): Change {
  checkKnobs(knobs, neurons);
  // A fixed order of every sum and product makes the result independent of the order of the knobs, to the bit.
  const turned = knobs.filter((knob) => knob.strength !== 0).sort(byContent);
  const keep = new Map<number, number>();
  const gain = new Map<number, number>();
  const spared = new Set<number>();
  let [moved, others] = [0, 1];
  for (const { neurons: targets, strength, weights, only: solo } of turned) {
    if (solo) {
      others *= 1 - strength;
      for (const n of targets) spared.add(n);
    } else if (strength < 0) {
      for (const n of new Set(targets)) keep.set(n, (keep.get(n) ?? 1) * (1 + strength));
    } else {
      moved += strength;
      let sum = 0;
      for (let i = 0; i < targets.length; i++) sum += weights ? weights[i] : 1;
      targets.forEach((n, i) => {
        const part = (strength * (weights ? weights[i] : 1)) / sum;
        if (part > 0) gain.set(n, (gain.get(n) ?? 0) + part);
      });
    }
  }
  return {
    moved: Math.min(1, moved), gain, keep: keep.size > 0 ? keep : null, others,
    spared: spared.size > 0 ? new Set([...spared].sort((a, b) => a - b)) : null,
  };
}

/** Any fixed order in which only equal knobs are equal. */
function byContent(a: Knob, b: Knob): number {
  const text = ({ neurons, strength, weights, only: solo }: Knob): string =>
    `${strength} ${solo ?? false} ${neurons.join()} ${weights ? Array.from(weights).join() : ""}`;
  const [left, right] = [text(a), text(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}
