/**
 * `unknot/interpret`: what neurons mean (labels, proven names, selectivity, recovery of known concepts) and why an item
 * is recommended (docs/method.md §4, §6, §15).
 *
 *   const labels = labelNeurons(itemCodes, tags);                           // a name and a confidence a neuron
 *
 * @module interpret
 */
export { labelNeurons, type LabelMethod, type LabelOptions, type NeuronLabel } from "../interpret/labels.js";
export {
  bestCharacterises, mostUnique, tagActivity, tfidf, topNeurons, topTagOfNeuron, type TfidfMapping,
} from "../interpret/tfidf.js";
export type { Mapping, ScoredNeuron } from "../interpret/tag-neurons.js";
export {
  neuronSelectivity, selectivityTable, tagSelectivity, uniqueMatches, type MatchCounts, type Selectivity,
  type SelectivityRow,
} from "../interpret/selectivity.js";
export { measureSelectivity, type ModelSelectivity } from "../measure/measure-selectivity.js";
export { monosemanticity } from "../interpret/monosemanticity.js";
export { halveItems, itemsWithEntries, type ItemHalves } from "../interpret/item-halves.js";
export {
  fitTable, heldOutF1, type FitTable, type HeldOutConcept, type HeldOutF1, type HeldOutFigures, type HeldOutOptions,
  type HeldOutWay,
} from "../interpret/held-out-f1.js";
export type { FiringScore } from "../interpret/firing-threshold.js";
export { correlationMatch, oneToOne } from "../interpret/one-to-one.js";
export { absorption, type Absorption } from "../interpret/absorption.js";
export { splitting, type Splitting } from "../interpret/splitting.js";
export { userTastes, type UserTastes } from "../interpret/user-tastes.js";
export { provenNames, type NameProof, type ProvenNames, type ProvenOptions } from "../interpret/proven-names.js";
export { linearProbe } from "../interpret/linear-probe.js";
export { tagNeuronCorrelation } from "../interpret/correlation.js";
export { NeuronProfiles, type NeuronProfile } from "../interpret/neuron-profile.js";
export {
  explainActivation, type ActivationParts, type ItemContribution, type NeuronEncoder,
} from "../interpret/explain-activation.js";
export { recovery, type ConceptRecovery, type DenseCodes, type Recovery } from "../interpret/recovery.js";
export { principalComponents, project, type Pca } from "../interpret/pca.js";
export { independentComponents } from "../interpret/ica.js";
export { nonNegativeParts } from "../interpret/nmf.js";
export { explainByAblation } from "../interpret/explain-by-ablation.js";
export { explainScore, type ExplainedUser, type Explanation, type NeuronContribution } from "../interpret/explain.js";
export {
  conceptCodes, conceptOfNeurons, findConcepts, type Concept, type ConceptInputs, type ConceptOptions,
} from "../interpret/concepts.js";
export { keptNames, matchConcepts, type ConceptMatch, type ConceptPair } from "../interpret/match-concepts.js";
export { conceptEffects, conceptsOf, namedAsBefore } from "../model-folder/find-concepts.js";
export type { Activations, FiringOrder } from "../interpret/activations.js";
export type { LabelCandidate } from "../interpret/labels.js";
export type { ProbedConcept, ProbedF1 } from "../interpret/linear-probe.js";
export type { FiringItem, NeuronProfileOptions } from "../interpret/neuron-profile.js";
export type { FiringFigures, Meaning, ProvenFigures, ProvenName, WorldFigures } from "../interpret/meaning-figures.js";
