/**
 * `unknot/steer`: turning knobs on codes, choosing the neurons of a tag, and measuring what a knob does and costs
 * (docs/method.md §5).
 *
 *   const steered = steerCode(tape, code, [{ neurons: [315], strength: 0.3 }, mute([12])]);
 *
 * @module steer
 */
export { mute, only, steerCode, steerRows, type Knob } from "../steer/steer.js";
export { DecoderKnobs, type DecoderKnobOptions } from "../steer/decoder-knobs.js";
export { steeringGoals, type SteeringGoals } from "../steer/steering-goals.js";
export {
  evaluateSteering, KnobSteering, tagNeurons, type KnobSteeringOptions, type Steering, type SteeringQuality,
} from "../steer/evaluate-steering.js";
export { chooseStrength, chooseStrengthFinely } from "../steer/choose-strength.js";
export {
  keptShares, turnedEmbedding, type EncodedUsers, type KeptShares, type TurnedUsers,
} from "../steer/turned-embedding.js";
export { activationOf, ownShares, typicalActivation } from "../steer/own-shares.js";
export { MoveEmbedding } from "../steer/move-embedding.js";
export { ShiftProfile } from "../steer/shift-profile.js";
export {
  compareSteering, type CompareSteeringOptions, type SteeringComparison, type SteeringCurve, type SteeringMethod,
} from "../measure/compare-steering.js";
export { centroid, diffMean, logisticProbe, ridgeProbe, type Labelled } from "../steer/directions.js";
export { sampleResponse, strengthAt, type Response, type SampleOptions } from "../steer/calibrate.js";
export { heldBack, type HeldBack } from "../steer/suppression.js";
export { steerBench, type SteerBench, type SteerBenchOptions, type SteerBenchRow } from "../measure/steer-bench.js";
export {
  steerSeveral, type SeveralCaseResult, type SeveralFigures, type SeveralRow, type SteerSeveral,
} from "../measure/steer-several.js";
export type { SeveralCase } from "../measure/several-goals.js";
export { readWish, type Vocabulary, type Wish, type WishReader } from "../session/read-wish.js";
export type { FilteredItem, ItemFilter } from "../session/list-request.js";
export type { LeftOut } from "../session/session-types.js";
export { groupMethods, type GroupItem, type GroupList, type GroupMethod, type GroupRequest, type MemberPart } from
  "../session/groups.js";
export type {
  Likeness, SharedMeaning, SimilarItem, SimilarItems, SimilarItemsRequest, SimilarUser, SimilarUsers,
  SimilarUsersRequest, UserHistories,
} from "../session/neighbours.js";
export type { WeightedProfile } from "../session/profile.js";
export { balanceList, type Balance, type BalanceData, type BalancePrice, type ListFigures } from "../steer/balance.js";
export { minMax, rerank, type Calibration, type Variety } from "../steer/rerank.js";
export { fuse, fuseCodes, fusions, type FusedCode, type Fusion } from "../steer/fuse-codes.js";
export {
  aggregate, aggregateAmong, aggregations, type AggregatedItem, type Aggregation,
} from "../steer/aggregate-scores.js";
export { popularityNeurons, popularityShifts, type PopularityNeurons } from "../steer/popularity-neurons.js";
