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
  /** Neurons that gain, ascending, and the share of the total that each gains. */
  readonly gaining: Int32Array;
  readonly gains: Float64Array;
  /** Factor that each named neuron keeps; null when nothing is turned down. */
  readonly keep: ReadonlyMap<number, number> | null;
  /** Factor of all neurons that no `only` knob names. */
  readonly others: number;
  /** Neurons of `only` knobs, ascending; null without one. */
  readonly spared: ReadonlySet<number> | null;
}

/** Active neurons of a row and their activations. */
interface Entries {
  readonly neurons: number[];
  readonly activations: number[];
}

function steer(tape: Tape, code: SparseTensor, changeOf: (row: number) => Change): SparseTensor {
  const { engine } = tape;
  const { rows, rowStart, rowEnd } = code;
  const steered: Entries[] = [];
  let capacity = 0;
  for (let r = 0; r < rows; r++) {
    const turned = steerRow(entriesOf(code, rowStart[r], rowEnd[r]), changeOf(r));
    capacity += turned.neurons.length;
    steered.push(turned);
  }
  const starts = engine.ints(rows);
  const ends = engine.ints(rows);
  const indices = engine.ints(capacity);
  const activations = engine.floats(capacity);
  let at = 0;
  for (let r = 0; r < rows; r++) {
    starts[r] = at;
    indices.set(steered[r].neurons, at);
    activations.set(steered[r].activations, at);
    at += steered[r].neurons.length;
    ends[r] = at;
  }
  return new SparseTensor(engine, rows, code.cols, starts, ends, indices, activations, false);
}

/** Ascending by neuron, as most codes are. */
function entriesOf({ indices, values }: SparseTensor, from: number, to: number): Entries {
  const neurons: number[] = [];
  const activations: number[] = [];
  let ascending = true;
  for (let q = from; q < to; q++) {
    if (q > from && indices[q] < indices[q - 1]) ascending = false;
    neurons.push(indices[q]);
    activations.push(values![q]);
  }
  if (ascending) return { neurons, activations };
  const order = neurons.map((_, i) => i).sort((a, b) => neurons[a] - neurons[b]);
  return { neurons: order.map((i) => neurons[i]), activations: order.map((i) => activations[i]) };
}

/** One row; the result ascends by neuron and has no zeros. Changes the activations that it is given. */
function steerRow(
  row: Entries, { moved, gaining, gains, keep, others, spared }: Change,
): Entries {
  const { neurons, activations } = row;
  const total = activations.reduce((sum, activation) => sum + activation, 0);
  if (total === 0) return { neurons: [], activations: [] };
  let share = moved;
  if (keep || spared) {
    let remaining = 0;
    for (let i = 0; i < neurons.length; i++) {
      if (spared && !spared.has(neurons[i])) activations[i] *= others;
      if (keep) activations[i] *= keep.get(neurons[i]) ?? 1;
      remaining += activations[i];
    }
    if (remaining > 0) {
      // Undisturbed neurons that were alone keep their bits: total / total is 1.
      const scale = total / remaining;
      for (let i = 0; i < neurons.length; i++) activations[i] *= scale;
    } else if (gaining.length > 0) {
      share = 1;
    } else if (spared) {
      const audible = [...spared].filter((n) => (keep?.get(n) ?? 1) > 0);
      return { neurons: audible, activations: audible.map(() => total / audible.length) };
    }
  }
  if (gaining.length === 0) return withoutZeros(row);
  // Normally share = moved; when turning down left nothing, the gains are scaled up to take all.
  return merged(row, 1 - share, gaining, gains, total, share / moved);
}

/** Sorted lists, merged: what stays of the row, kept·e_n, and what is gained, total·gain_n·scale. */
function merged(
  row: Entries, kept: number, gaining: Int32Array, gains: Float64Array, total: number, scale: number,
): Entries {
  const result: Entries = { neurons: [], activations: [] };
  const add = (neuron: number, activation: number): void => {
    if (activation === 0) return;
    result.neurons.push(neuron);
    result.activations.push(activation);
  };
  const gained = (g: number): number => total * gains[g] * scale;
  let g = 0;
  row.neurons.forEach((neuron, i) => {
    for (; g < gaining.length && gaining[g] < neuron; g++) add(gaining[g], gained(g));
    const stays = row.activations[i] * kept;
    add(neuron, gaining[g] === neuron ? stays + gained(g++) : stays);
  });
  for (; g < gaining.length; g++) add(gaining[g], gained(g));
  return result;
}

function withoutZeros({ neurons, activations }: Entries): Entries {
  return {
    neurons: neurons.filter((_, i) => activations[i] !== 0), activations: activations.filter((one) => one !== 0),
  };
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
  const gaining = Int32Array.from(gain.keys()).sort();
  return {
    moved: Math.min(1, moved), gaining, gains: Float64Array.from(gaining, (n) => gain.get(n)!),
    keep: keep.size > 0 ? keep : null, others,
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
