/**
 * Which neurons get a card: half are the most confidently named, one a label; the other half are spread evenly over all
 * the rest, ordered by confidence down to the worst, so that the cards do not only flatter.
 */
import { NeuronProfiles, type NeuronProfile } from "../interpret/neuron-profile.js";
import type { NeuronLabel } from "../interpret/labels.js";
import type { Csr } from "../base/csr.js";
import { Random } from "../base/random.js";
import type { ModelSelectivity } from "../measure/measure-selectivity.js";
import type { Model } from "../model-folder/model.js";

/** A neuron as the report shows it: its name and its items. */
export interface NeuronCard {
  readonly label: NeuronLabel;
  readonly profile: NeuronProfile;
  /** NaN when it is not known. */
  readonly monosemanticity: number;
  readonly chosen: "confident" | "spread";
}

/** Items in each list. */
const LENGTH = 5;

/** @param itemCodes S, (I, H). Random items are drawn by the model's seed. */
export function chooseCards(
  model: Model, itemCodes: Csr, selectivity: ModelSelectivity | null, count: number,
): NeuronCard[] {
  const alive = model.labels.filter(({ density }) => density > 0);
  const value = ({ confidence }: NeuronLabel): number => (Number.isNaN(confidence) ? -1 : confidence);
  const ordered = [...alive].sort((a, b) => value(b) - value(a) || a.neuron - b.neuron);
  const names = new Set<string>();
  const confident = ordered.filter(({ label }) => {
    if (label === null || names.size >= Math.ceil(count / 2) || names.has(label)) return false;
    names.add(label);
    return true;
  });
  const rest = ordered.filter((label) => !confident.includes(label));
  const wanted = Math.max(0, Math.min(rest.length, count - confident.length));
  const spread = Array.from({ length: wanted }, (_, i) =>
    rest[wanted === 1 ? rest.length - 1 : Math.round((i * (rest.length - 1)) / (wanted - 1))]);
  const profiles = new NeuronProfiles(itemCodes, model.sae.decoderW);
  const card = (chosen: NeuronCard["chosen"]) => (label: NeuronLabel): NeuronCard => ({
    label, chosen,
    profile: profiles.profile(label.neuron, new Random(model.seed + label.neuron), { count: LENGTH, neighbours: 3 }),
    monosemanticity: selectivity?.monosemanticity[label.neuron] ?? NaN,
  });
  return [...confident.map(card("confident")), ...spread.map(card("spread"))];
}
