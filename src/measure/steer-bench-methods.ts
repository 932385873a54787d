/**
 * The methods of the steering benchmark: each chosen by tags' visible items, as moves that are linear in a strength.
 */
import { csrRow, type Csr } from "../base/csr.js";
import { residualOf, type Residual } from "../config/sae.js";
import type { Engine } from "../engine/engine.js";
import { encodeItems } from "../model-folder/encode-items.js";
import { typicalOf, type Model } from "../model-folder/model.js";
import { itemVectorsOf, openDecoderKnobs } from "../model-folder/open-model.js";
import { centroid, diffMean, logisticProbe, ridgeProbe, type Labelled } from "../steer/directions.js";
import { tagNeurons } from "../steer/evaluate-steering.js";
import type { Knob } from "../steer/steer.js";
import { ownShares } from "../steer/own-shares.js";
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
 * Methods for one tag or for several at once, which share the strength evenly: a knob moves α/n to the neurons of each
 * (steer/steer.ts turns n knobs of α/n so), directions of unit length are added, marks are counted.
 *
 * @param visible (T, I) counts that methods may see; @param hidden (T, I) items that take no part in choosing a
 * direction or a knob. The authors' choice, a statistic over all items, counts them as untagged.
 */
export function openSteerMethods(
  engine: Engine, model: Model, visible: Csr, hidden: Csr, popularity: ArrayLike<number>,
): (tags: readonly number[]) => Method[] {
  const codes = encodeItems(engine, model, model.items.ids.length);
  const authors = tagNeurons(visible, codes, "characterises", 10);
  const { data: vectors, shape: [items, factors] } = itemVectorsOf(model);
  const space: Space = {
    vectors, items, factors, decoderW: model.sae.decoderW, residual: residualOf(model), typical: typicalOf(model),
    ...basesOf(model),
  };
  const learn = (tag: number): Told => {
    const carriers = csrRow(visible, tag);
    const out = new Set(csrRow(hidden, tag));
    const labelled: Labelled = {
      vectors, factors, positive: marksOf([carriers], items),
      items: Int32Array.from({ length: items }, (_, j) => j).filter((j) => !out.has(j)),
    };
    const chooser = openDecoderKnobs(engine, model, codes, popularity, { leftOut: csrRow(hidden, tag) });
    return {
      carriers, knobs: [chooser.choose(carriers, 10), chooser.choose(carriers, 40), { neurons: authors[tag] }],
      directions: [
        diffMean(labelled), logisticProbe(labelled).weights, ridgeProbe(labelled), centroid(labelled),
      ],
    };
  };
  const known = new Map<number, Told>();
  const told = (tag: number): Told => {
    const found = known.get(tag) ?? learn(tag);
    known.set(tag, found);
    return found;
  };
  return (tags) => {
    const each = tags.map(told);
    const knob = (name: SteerMethod, which: number): Method =>
      knobMethod(space, name, each.map(({ knobs, carriers }) => ({ knob: knobs[which], carriers })));
    const [difference, logistic, ridge, middle] =
      [0, 1, 2, 3].map((which) => along(space, together(each.map(({ directions }) => directions[which]))));
    const marks = marksOf(each.map(({ carriers }) => carriers), items);
    return [
      knob("knob, 10", 0), knob("knob, 40", 1), knob("authors, 10", 2),
      directed("DiffMean", difference), directed("linear probe", logistic), directed("ridge probe", ridge),
      directed("centroid", middle),
      { ...directed("embedding moved", middle), upGrid: SHARES, up: moved(middle) },
      marked("boost tagged", marks), marked("filter", marks, [ALL]),
    ];
  };
}

/** What is known of a tag: its visible items, and what was fitted to them. */
interface Told {
  readonly carriers: Int32Array;
  /** Of 10 and 40 neurons through the decoder, and the authors'. */
  readonly knobs: readonly Pick<Knob, "neurons" | "weights">[];
  /** (D) each: difference of means, logistic probe, ridge probe, centroid. */
  readonly directions: readonly Float64Array[];
}

/** One direction of unit length for several, which count alike. */
function together(directions: readonly Float64Array[]): Float64Array {
  const unit = (d: Float64Array): Float64Array => {
    const length = Math.hypot(...d) || 1;
    return d.map((value) => value / length);
  };
  if (directions.length === 1) return unit(directions[0]);
  const units = directions.map(unit);
  return unit(units[0].map((_, d) => units.reduce((sum, one) => sum + one[d], 0)));
}

/** (I) how many of these sets of items each item is in. */
export function marksOf(sets: readonly ArrayLike<number>[], items: number): Uint8Array {
  const out = new Uint8Array(items);
  for (const set of sets) for (let i = 0; i < set.length; i++) out[set[i]]++;
  return out;
}

interface Space {
  /** A, (I, D) */
  readonly vectors: Float32Array;
  readonly items: number;
  readonly factors: number;
  /** (H, D) */
  readonly decoderW: Float32Array;
  readonly residual: Residual;
  /** x̄, see steer/own-shares.ts. */
  readonly typical: number | null;
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

/** A tag's knob, with the items that have the tag by name. */
interface TagKnob {
  readonly knob: Pick<Knob, "neurons" | "weights">;
  readonly carriers: Int32Array;
}

/**
 * Up: a share of the activation moves to the neurons, and what stands beside the code stays, as the model says
 * (steer/own-shares.ts, turned-embedding.ts). Down: items are held back by what they have of it. Tags without neurons
 * are not turned.
 */
function knobMethod(space: Space, name: SteerMethod, all: readonly TagKnob[]): Method {
  const { factors, decoderW, vectors, residual, typical, ofOnes, ofBias, items } = space;
  const turned = all.filter(({ knob }) => knob.neurons.length > 0);
  if (turned.length === 0) {
    const nothing = (): Move => () => undefined;
    return { name, upGrid: [], downGrid: [], up: nothing, down: nothing };
  }
  const direction = new Float64Array(factors);
  const held = new Float64Array(items);
  for (const { knob, carriers } of turned) {
    const { neurons, weights } = knob;
    const sum = weights ? Array.from(weights).reduce((total, weight) => total + weight, 0) : neurons.length;
    neurons.forEach((n, i) => {
      const share = (weights ? weights[i] : 1) / (sum * turned.length);
      for (let d = 0; d < factors; d++) direction[d] += share * decoderW[n * factors + d];
    });
    heldBack(knob, vectors, decoderW, factors, carriers).forEach((value, j) => { held[j] += value; });
  }
  const added = along(space, direction);
  return {
    name, upGrid: SHARES, downGrid: DEVIATIONS,
    up: ({ ofCode, unit, mean, std }, strength) => (r, out) => {
      const [{ strength: alpha }] = ownShares([{ neurons: [], strength }], unit[r], typical);
      const { residual: rho, base } = keptShares([{ neurons: [], strength: alpha }], residual);
      const from = r * out.length;
      for (let j = 0; j < out.length; j++) {
        if (out[j] === -Infinity) continue;
        const ofBase = mean[r] * ofOnes[j] + std[r] * ofBias[j];
        out[j] = rho * out[j] + (base - rho) * ofBase + (1 - alpha - rho) * ofCode[from + j] +
          alpha * unit[r] * added[j];
      }
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

/** Visible items alone, up or down by a number of standard deviations of the user's scores for each mark. */
export function marked(name: SteerMethod, marks: Uint8Array, grid: readonly number[] = DEVIATIONS): Method {
  const by = (sign: number) => ({ spread }: SteeredUsers, strength: number): Move => (r, out) => {
    for (let j = 0; j < out.length; j++) out[j] += sign * strength * spread[r] * marks[j];
  };
  return { name, upGrid: grid, downGrid: grid, up: by(1), down: by(-1) };
}
