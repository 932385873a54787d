/**
 * From what a person turns (a tag, a concept, neurons; by strength or by calibrated position) to knobs as the code
 * knows them (steer/steer.ts), and to what holds items back (steer/suppression.ts).
 */
import { csrRow } from "../base/csr.js";
import { UserError } from "../base/user-error.js";
import type { Mapping } from "../interpret/tag-neurons.js";
import { itemVectorsOf } from "../model-folder/open-model.js";
import { checkNeuron } from "../steer/check-knobs.js";
import type { Knob } from "../steer/steer.js";
import type { HeldBack } from "../steer/suppression.js";
import { CalibratedKnobs, type KnobTarget } from "./calibrated-knobs.js";
import type { ProfileRow } from "./profile.js";
import type { KnobRequest } from "./session-types.js";
import { DECODER_NEURONS } from "./tag-knobs.js";
import type { Workings } from "./workings.js";

/** Requests as knobs for one profile. */
export interface TurnedKnobs {
  readonly knobs: readonly Knob[];
  /** By request, what holds items back; null for nothing. */
  readonly held: readonly (HeldBack | null)[];
  /** See `SteeredLists.scaled`. */
  readonly scaled: number;
}

export class KnobRequests {
  private positions: CalibratedKnobs | null = null;

  constructor(private readonly workings: Workings) {}

  /** See `Session.knob`. */
  knob({ tag, concept, neuron, strength: said, turn: position, only, ...how }: KnobRequest): Knob {
    checkAmount(said, position, neuron !== undefined || only === true);
    // A position is not a strength yet; what it comes to depends on the profile.
    const strength = said ?? 0;
    const turn = only === undefined ? {} : { only };
    if ([tag, concept, neuron].filter((what) => what !== undefined).length !== 1) {
      throw new UserError("a knob is one of three: a tag, a concept, or neurons");
    }
    const { concepts, model } = this.workings;
    if (concept !== undefined) {
      const { neurons: members, weights } = concepts.all[concepts.find(concept)];
      return { neurons: members, weights, strength, ...turn };
    }
    if (neuron !== undefined) {
      const list = typeof neuron === "number" ? [neuron] : neuron;
      for (const n of list) checkNeuron(n, model.shape.neurons);
      return { neurons: list, strength, ...turn };
    }
    return { ...this.ofTag(tag!, how), strength, ...turn };
  }

  /** How a tag's neurons are chosen when a request does not say. */
  get defaultMapping(): Mapping {
    return this.workings.linear ? "decoder" : "characterises";
  }

  turned(row: ProfileRow, requests: readonly KnobRequest[]): TurnedKnobs {
    const held: (HeldBack | null)[] = [];
    const knobs = requests.map((request, i): Knob => {
      held[i] = null;
      const knob = this.knob(request);
      const { turn } = request;
      if (turn === undefined || turn === 0) return knob;
      const target = this.target(request, knob);
      if (turn > 0) return { ...knob, strength: this.calibrated.up(row, target, turn) };
      held[i] = this.calibrated.down(row, target, turn);
      return held[i] ? knob : { ...knob, strength: this.calibrated.quieter(row, target, turn) };
    });
    const sum = (all: readonly Knob[]): number =>
      all.reduce((total, { strength, only }) => total + (only ? 0 : Math.max(0, strength)), 0);
    const fixed = sum(knobs.filter((_, i) => requests[i].turn === undefined));
    const moving = sum(knobs) - fixed;
    const scaled = fixed + moving > 1 && moving > 0 ? Math.max(0, 1 - fixed) / moving : 1;
    return {
      knobs: scaled === 1 ? knobs : knobs.map((knob, i) =>
        (requests[i].turn === undefined || knob.strength <= 0 ? knob : { ...knob, strength: scaled * knob.strength })),
      held, scaled,
    };
  }

  /** A tag's neurons. */
  private ofTag(tag: string, how: Pick<KnobRequest, "mapping" | "neurons">): Pick<Knob, "neurons" | "weights"> {
    const mapping = how.mapping ?? this.defaultMapping;
    const neurons = how.neurons ?? (mapping === "decoder" ? DECODER_NEURONS : 1);
    if (!Number.isInteger(neurons) || neurons < 1) throw new UserError(`a tag needs at least 1 neuron, got ${neurons}`);
    const { tagKnobs, catalogue } = this.workings;
    const chosen = tagKnobs.choose(catalogue.tag(tag), neurons, mapping);
    if (chosen.neurons.length === 0) {
      const does = mapping === "decoder" ? "no neuron lifts the items of" : "no living neuron stands for";
      throw new UserError(`${does} the tag "${tag}"`);
    }
    return chosen;
  }

  /** See `Session.carriers`. */
  carriers({ tag, concept }: Pick<KnobRequest, "tag" | "concept">): ArrayLike<number> {
    const { model: { tags }, catalogue, concepts } = this.workings;
    if ((tag === undefined) === (concept === undefined)) throw new UserError("say one: a tag or a concept");
    if (tag !== undefined) {
      const row = catalogue.tag(tag);
      return csrRow(tags!.counts, row);
    }
    const found = concepts.all[concepts.find(concept!)];
    return found.tag >= 0 ? csrRow(tags!.counts, found.tag) : found.items;
  }

  /** What a calibrated knob turns, with the items that have it: the tag's, or those that fire the concept. */
  private target(request: KnobRequest, knob: Knob): KnobTarget {
    const { tag, concept, neurons, mapping } = request;
    return { key: JSON.stringify([tag, concept, neurons, mapping]), knob, carriers: this.carriers(request) };
  }

  private get calibrated(): CalibratedKnobs {
    const { scores, linear, model } = this.workings;
    this.positions ??= new CalibratedKnobs(scores, linear ? {
      itemVectors: itemVectorsOf(model).data, decoderW: model.sae.decoderW, factors: model.shape.factors,
    } : null);
    return this.positions;
  }
}

/** @param strengthOnly whether the knob is of a kind that has no calibrated position. */
function checkAmount(strength: number | undefined, position: number | undefined, strengthOnly: boolean): void {
  if ((strength === undefined) === (position === undefined)) {
    throw new UserError('a knob has either a "strength" or, calibrated, a "turn"');
  }
  if (position === undefined) return;
  if (strengthOnly) throw new UserError('"turn" is for tags and concepts: neurons, and "only", have a strength');
  if (!(position >= -1 && position <= 1)) {
    throw new UserError(`a knob's turn must be between -1 and 1, got ${position}`);
  }
}
