/**
 * The methods of the steering benchmark: each chosen by a tag's visible items, as moves that are linear in a strength.
 */
import { csrRow, type Csr } from "../base/csr.js";
import { residualOf, type Residual } from "../config/sae.js";
import type { Engine } from "../engine/engine.js";
import { encodeItems } from "../model-folder/encode-items.js";
import type { Model } from "../model-folder/model.js";
import { itemVectorsOf, openDecoderKnobs } from "../model-folder/open-model.js";
import { centroid, diffMean, logisticProbe, ridgeProbe, type Labelled } from "../steer/directions.js";
import { tagNeurons } from "../steer/evaluate-steering.js";
import type { Knob } from "../steer/steer.js";
import { heldBack } from "../steer/suppression.js";
import { keptShares } from "../steer/turned-embedding.js";
import type { Move, SteeredUsers } from "./steer-bench-lists.js";

export const steerMethods = [
  "knob, 10", "knob, 40", "authors, 10", "DiffMean", "linear probe", "ridge probe", "centroid", "embedding moved",
  "boost tagged", "filter", "TEASER",
] as const;
export type SteerMethod = (typeof steerMethods)[number];

export interface Method {
  readonly name: SteerMethod;
  readonly up: (users: SteeredUsers, strength: number) => Move;
  readonly down: (users: SteeredUsers, strength: number) => Move;
  /** Strengths to choose among, ascending. */
  readonly upGrid: readonly number[];
  readonly downGrid: readonly number[];
  /** Another recommender's view of the same users, where the method does not start from the model's. */
  readonly people?: (users: SteeredUsers) => SteeredUsers;
}

/** Shares of the activation or embedding; lengths of the embedding; standard deviations of a user's scores. */
const SHARES = [0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.85];
const LENGTHS = [0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 1.5, 2];
const DEVIATIONS = [0.25, 0.5, 0.75, 1, 1.5, 2, 3, 5, 8];
const ALL = 1e6;

/**
 * @param visible (T, I) counts that methods may see; @param hidden (T, I) items that take no part in choosing a
 * direction or a knob. The authors' choice, a statistic over all items, counts them as untagged.
 */
export function openSteerMethods(
  engine: Engine, model: Model, visible: Csr, hidden: Csr, popularity: ArrayLike<number>,
): (tag: number) => Method[] {
  const codes = encodeItems(engine, model, model.items.ids.length);
  const authors = tagNeurons(visible, codes, "characterises", 10);
  const { data: vectors, shape: [items, factors] } = itemVectorsOf(model);
  const space: Space = {
    vectors, items, factors, decoderW: model.sae.decoderW, residual: residualOf(model), ...basesOf(model),
  };
  return (tag) => {
    const seen = csrRow(visible, tag);
    const positive = new Uint8Array(items);
    for (const item of seen) positive[item] = 1;
    const out = new Set(csrRow(hidden, tag));
    const labelled: Labelled = {
      vectors, factors, positive, items: Int32Array.from({ length: items }, (_, j) => j).filter((j) => !out.has(j)),
    };
    const unit = (direction: Float64Array): Float64Array => {
      const length = Math.hypot(...direction) || 1;
      return along(space, direction.map((value) => value / length));
    };
    const chooser = openDecoderKnobs(engine, model, codes, popularity, csrRow(hidden, tag));
    const middle = unit(centroid(labelled));
    return [
      knobMethod(space, "knob, 10", chooser.choose(seen, 10), seen),
      knobMethod(space, "knob, 40", chooser.choose(seen, 40), seen),
      knobMethod(space, "authors, 10", { neurons: authors[tag] }, seen),
      directed("DiffMean", unit(diffMean(labelled))), directed("linear probe", unit(logisticProbe(labelled).weights)),
      directed("ridge probe", unit(ridgeProbe(labelled))), directed("centroid", middle),
      { ...directed("embedding moved", middle), upGrid: SHARES, up: moved(middle) },
      marked("boost tagged", positive), marked("filter", positive, [ALL]),
    ];
  };
}

interface Space {
  /** A, (I, D) */
  readonly vectors: Float32Array;
  readonly items: number;
  readonly factors: number;
  /** (H, D) */
  readonly decoderW: Float32Array;
  readonly residual: Residual;
  /** (I) A·1 and A·b_dec: with a user's mean and deviation the score of the base. */
  readonly ofOnes: Float64Array;
  readonly ofBias: Float64Array;
}

function basesOf(model: Model): Pick<Space, "ofOnes" | "ofBias"> {
  const { data: vectors, shape: [items, factors] } = itemVectorsOf(model);
  const space = { vectors, items, factors };
  return {
    ofOnes: along(space, new Float64Array(factors).fill(1)), ofBias: along(space, model.sae.decoderB),
  };
}

/** (I) A·d */
function along(
  { vectors, items, factors }: Pick<Space, "vectors" | "items" | "factors">, direction: ArrayLike<number>,
): Float64Array {
  const out = new Float64Array(items);
  for (let j = 0; j < items; j++) {
    let dot = 0;
    for (let d = 0; d < factors; d++) dot += vectors[j * factors + d] * direction[d];
    out[j] = dot;
  }
  return out;
}

/**
 * Up: the share α of the activation moves to the neurons, and what stands beside the code stays as the model says
 * (steer/turned-embedding.ts). Down: items are held back by what they have of it.
 */
function knobMethod(
  space: Space, name: SteerMethod, knob: Pick<Knob, "neurons" | "weights">, carriers: Int32Array,
): Method {
  const { neurons, weights } = knob;
  const { factors, decoderW, vectors, residual, ofOnes, ofBias } = space;
  if (neurons.length === 0) {
    const nothing = (): Move => () => undefined;
    return { name, upGrid: [], downGrid: [], up: nothing, down: nothing };
  }
  const sum = weights ? Array.from(weights).reduce((total, weight) => total + weight, 0) : neurons.length;
  const direction = new Float64Array(factors);
  neurons.forEach((n, i) => {
    for (let d = 0; d < factors; d++) direction[d] += ((weights ? weights[i] : 1) / sum) * decoderW[n * factors + d];
  });
  const added = along(space, direction);
  const held = heldBack(knob, vectors, decoderW, factors, carriers);
  return {
    name, upGrid: SHARES, downGrid: DEVIATIONS,
    up: ({ ofCode, unit, mean, std }, alpha) => {
      const { residual: rho, base } = keptShares([{ ...knob, strength: alpha }], residual);
      return (r, out) => {
        const from = r * out.length;
        for (let j = 0; j < out.length; j++) {
          if (out[j] === -Infinity) continue;
          const ofBase = mean[r] * ofOnes[j] + std[r] * ofBias[j];
          out[j] = rho * out[j] + (base - rho) * ofBase + (1 - alpha - rho) * ofCode[from + j] +
            alpha * unit[r] * added[j];
        }
      };
    },
    down: ({ spread }, strength) => (r, out) => {
      for (let j = 0; j < out.length; j++) out[j] -= strength * spread[r] * held[j];
    },
  };
}

/** u ± α·‖u‖·d. @param p A·d of a unit direction. */
function directed(name: SteerMethod, p: Float64Array): Method {
  const by = (sign: number) => ({ length }: SteeredUsers, strength: number): Move => (r, out) => {
    const step = sign * strength * length[r];
    for (let j = 0; j < out.length; j++) out[j] += step * p[j];
  };
  return { name, upGrid: LENGTHS, downGrid: LENGTHS, up: by(1), down: by(-1) };
}

/** (1−α)·u + α·‖u‖·d */
function moved(p: Float64Array): Method["up"] {
  return ({ length }, alpha) => (r, out) => {
    for (let j = 0; j < out.length; j++) out[j] = (1 - alpha) * out[j] + alpha * length[r] * p[j];
  };
}

/** Visible items alone, up or down by a number of standard deviations of the user's scores. */
export function marked(name: SteerMethod, positive: Uint8Array, grid: readonly number[] = DEVIATIONS): Method {
  const by = (sign: number) => ({ spread }: SteeredUsers, strength: number): Move => (r, out) => {
    for (let j = 0; j < out.length; j++) out[j] += sign * strength * spread[r] * positive[j];
  };
  return { name, upGrid: grid, downGrid: grid, up: by(1), down: by(-1) };
}
