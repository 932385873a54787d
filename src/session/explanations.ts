/**
 * Why: an item's score taken apart by neurons and by concepts (docs/method.md §6), and a profile's active ones with the
 * items behind each.
 */
import { explainActivation, type ItemContribution } from "../interpret/explain-activation.js";
import { explainByAblation } from "../interpret/explain-by-ablation.js";
import { explainScore, type Explanation } from "../interpret/explain.js";
import { estimateOf } from "../model-folder/model.js";
import { itemVectorsOf } from "../model-folder/open-model.js";
import type { KnobRequests } from "./knob-requests.js";
import type { TurnedProfile } from "./profile-scores.js";
import { valueIn, type ProfileRow } from "./profile.js";
import type { ExplainedItem, KnobRequest, ListedItem, NamedContribution, UserReport } from "./session-types.js";
import type { Workings } from "./workings.js";

/** Past items named behind a neuron or a concept. */
const BEHIND = 3;

export class Explanations {
  constructor(private readonly workings: Workings, private readonly requests: KnobRequests) {}

  /** @param j the item. */
  explain(
    row: ProfileRow, j: number, requests: readonly KnobRequest[],
  ): Omit<ExplainedItem, "ignored" | "leftOut"> {
    const { model, scores, cfae, sae, linear, concepts } = this.workings;
    const { knobs, held } = this.requests.turned(row, requests);
    const explanation = scores.withCode(row, knobs, (tape, turned) => {
      if (linear) return this.taken(turned, row, j);
      return explainByAblation(tape, cfae, sae, turned.code, turned.input, j, turned.rest?.data, turned.kept.base);
    });
    const heldBack = held.reduce((sum, one) => sum + (one ? one.strength * one.share[j] : 0), 0);
    const score = explanation.score - heldBack;
    return {
      ...explanation,
      score,
      heldBack,
      approximate: !linear,
      item: this.workings.listed(j, score),
      estimate: estimateOf(model, j),
      contributions: explanation.contributions.map((c) => ({ ...c, label: model.labels[c.neuron].label })),
      concepts: concepts.parts(explanation.contributions),
    };
  }

  /**
   * Of each of some items, the neurons that speak most for it, at most so many: what `explain` has as its largest
   * contributions. null where parts are approximate: each would take a decode.
   */
  speakers(row: ProfileRow, items: readonly number[], most: number): NamedContribution[][] | null {
    const { scores, linear, named } = this.workings;
    if (!linear) return null;
    return scores.withCode(row, [], (_, turned) => items.map((j) =>
      this.taken(turned, row, j).contributions.filter(({ contribution }) => contribution > 0).slice(0, most)
        .map(({ neuron, contribution }) => ({ ...named(neuron), contribution }))));
  }

  /** An item's score taken apart, where the decoder is linear. */
  private taken({ code, input: { mean, std }, rest, kept }: TurnedProfile, row: ProfileRow, j: number): Explanation {
    const { model, cfae } = this.workings;
    const { factors: D } = model.shape;
    const [from, to] = [code.rowStart[0], code.rowEnd[0]];
    const user = {
      neurons: code.indices.subarray(from, to), activations: code.values!.subarray(from, to),
      mean: mean[0], std: std[0], rest: rest?.data, baseShare: kept.base,
    };
    const own = cfae.subtractsInput ? valueIn(row, j) : 0;
    const itemVector = itemVectorsOf(model).data.subarray(j * D, (j + 1) * D);
    return explainScore(user, own, itemVector, model.sae.decoderW, model.sae.decoderB);
  }

  /** A profile's active neurons and concepts, with the items of the profile that switched them on. */
  profile(row: ProfileRow): Pick<UserReport, "history" | "neurons" | "concepts"> {
    const { scores, linear, model, concepts: known, named } = this.workings;
    const chosen = [...row.items, ...row.disliked];
    const active = scores.withCode(row, [], (_, { code, input: { std } }) =>
      Array.from(code.indices.subarray(code.rowStart[0], code.rowEnd[0]), (neuron, q) => ({
        neuron, activation: code.values![code.rowStart[0] + q],
        behind: linear
          ? explainActivation(neuron, chosen, std[0], itemVectorsOf(model).data, model.sae, row.values).contributions
          : null,
      })).sort((a, b) => b.activation - a.activation || a.neuron - b.neuron));
    const total = active.reduce((sum, { activation }) => sum + activation, 0) || 1;
    const behindConcept = this.byConcept(active);
    return {
      history: chosen.map((item) => this.workings.listed(item, valueIn(row, item))),
      neurons: active.map(({ neuron, activation, behind }) => ({
        ...named(neuron), activation, share: activation / total, because: behind && this.foremost(behind),
      })),
      concepts: known.parts(active.map((one) => ({ ...one, contribution: one.activation / total })))
        .map(({ concept, proven, neurons, contribution }) => ({
          concept, proven, neurons, share: contribution, because: linear ? behindConcept(concept) : null,
        })),
    };
  }

  /** By a concept's name, null for neurons of none: the items behind all of its neurons. */
  private byConcept(
    active: readonly { readonly neuron: number; readonly behind: readonly ItemContribution[] | null }[],
  ): (concept: string | null) => ListedItem[] {
    const sums = new Map<string | null, Map<number, number>>();
    for (const { neuron, behind } of active) {
      const name = this.workings.concepts.entryOf(neuron)?.name ?? null;
      const items = sums.get(name) ?? new Map<number, number>();
      for (const { item, contribution } of behind ?? []) items.set(item, (items.get(item) ?? 0) + contribution);
      sums.set(name, items);
    }
    return (concept) => this.foremost(
      [...sums.get(concept) ?? []].map(([item, contribution]) => ({ item, contribution }))
        .sort((a, b) => b.contribution - a.contribution || a.item - b.item),
    );
  }

  private foremost(behind: readonly ItemContribution[]): ListedItem[] {
    return behind.slice(0, BEHIND).map(({ item, contribution }) => this.workings.listed(item, contribution));
  }
}
