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
export { halveItems, itemsWithEntries, type ItemHalves } from "../interpret/meaning/item-halves.js";
export {
  fitTable, heldOutF1, type FitTable, type HeldOutConcept, type HeldOutF1, type HeldOutFigures, type HeldOutOptions,
  type HeldOutWay,
} from "../interpret/meaning/held-out-f1.js";
export type { FiringScore } from "../interpret/meaning/firing-threshold.js";
export { correlationMatch, oneToOne } from "../interpret/meaning/one-to-one.js";
export { absorption, type Absorption } from "../interpret/meaning/absorption.js";
export { splitting, type Splitting } from "../interpret/meaning/splitting.js";
export { userTastes, type UserTastes } from "../interpret/meaning/user-tastes.js";
export {
  provenNames, type NameProof, type ProvenNames, type ProvenOptions,
} from "../interpret/meaning/proven-names.js";
export { linearProbe } from "../interpret/meaning/linear-probe.js";
export { tagNeuronCorrelation } from "../interpret/correlation.js";
export { NeuronProfiles, type NeuronProfile } from "../interpret/neuron-profile.js";
export {
  explainActivation, type ActivationParts, type ItemContribution, type NeuronEncoder,
} from "../interpret/explain-activation.js";
export { recovery, type ConceptRecovery, type DenseCodes, type Recovery } from "../interpret/meaning/recovery.js";
export { principalComponents, project, type Pca } from "../interpret/components/pca.js";
export { independentComponents } from "../interpret/components/ica.js";
export { nonNegativeParts } from "../interpret/components/nmf.js";
export { explainByAblation } from "../interpret/explain-by-ablation.js";
export { explainScore, type ExplainedUser, type Explanation, type NeuronContribution } from "../interpret/explain.js";
export {
  conceptCodes, conceptOfNeurons, findConcepts, type Concept, type ConceptInputs, type ConceptOptions,
} from "../interpret/concepts/concepts.js";
export { keptNames, matchConcepts, type ConceptMatch, type ConceptPair } from "../interpret/concepts/match-concepts.js";
export {
  conceptEffects, conceptsInCommon, namedAsBefore, type ConceptsInCommon,
} from "../model-folder/concepts-in-common.js";
export { conceptsOf } from "../model-folder/find-concepts.js";
export {
  compareTrainings, type ComparedModel, type TrainingAgreement,
} from "../measure/compare-trainings.js";
export type { Activations, FiringOrder } from "../interpret/meaning/activations.js";
export type { LabelCandidate } from "../interpret/labels.js";
export type { ProbedConcept, ProbedF1 } from "../interpret/meaning/linear-probe.js";
export type { FiringItem, NeuronProfileOptions } from "../interpret/neuron-profile.js";
export type {
  ConceptFigures, FiringFigures, Meaning, ProvenFigures, ProvenName, WorldFigures,
} from "../interpret/meaning/meaning-figures.js";
export { matchNeurons, type NeuronMatch } from "../interpret/match-neurons.js";
export { CodeCosines, DenseCosines, type CodeRow, type SharedNeuron } from "../interpret/cosines.js";
