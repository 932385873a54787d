/**
 * unknot in a browser (also Deno, Bun): `import … from "unknot/browser"`. Inference only; no Node, no generated code.
 *
 *   import { openRemoteSession } from "unknot/browser";
 *
 *   const session = await openRemoteSession("worker.js", "model/");       // folders written by `unknot export --web`
 *   const { after } = await session.steer(["1214", "541"], [{ tag: "dark comedy", strength: 0.3 }], 20);
 *
 * Or on the same thread:
 *
 *   const web = await loadWebModel("model/");
 *   const session = new Session(web.model, openBrowserEngine({ bytes: sessionBytes(web.model) }), partsOf(web));
 */
export { UserError } from "../base/user-error.js";
export { openBrowserEngine, sessionBytes, type BrowserEngineOptions } from "./open-engine.js";
export { loadWebModel, type LoadOptions, type LoadProgress, type WebModelBytes } from "./load-web-model.js";
export { connect, openRemoteSession, Superseded, WorkerSession, type RemoteSession } from "./remote-session.js";
export { openPageSession } from "./page-session.js";
export { hostSession } from "./session-host.js";
export type { Opened, Port } from "./protocol.js";
export { Session, type SessionParts } from "../session/session.js";
export { decodeWebModel, partsOf, type Precision, type WebAccuracy, type WebModel } from "../model-folder/web-model.js";
export type {
  AtlasNeuron, ConceptEntry, ConceptPart, ConceptReport, ExplainedItem, FoundItem, FoundTag, KnobRequest, ListedItem,
  MeaningSummary, ModelSummary, NamedContribution, NamedNeuron, NeuronReport, RecommendedList, SteeredLists,
  TagReport, UserReport,
} from "../session/session-types.js";
export type { FilteredItem, ItemFilter, ListRequest } from "../session/list-request.js";
export type { Balance, BalancePrice, ListFigures } from "../steer/balance.js";
export type { LeftOut } from "../session/session-types.js";
export { groupMethods, type GroupItem, type GroupList, type GroupMethod, type GroupRequest, type MemberPart } from
  "../session/groups.js";
export type {
  Likeness, SharedMeaning, SimilarItem, SimilarItems, SimilarItemsRequest, SimilarUser, SimilarUsers,
  SimilarUsersRequest, UserHistories,
} from "../session/neighbours.js";
export { remoteMethods, type Answer, type Arguments, type AskedMethods, type RemoteMethod } from "./protocol.js";
export type { Profile, WeightedProfile } from "../session/profile.js";
export type { Model } from "../model-folder/model.js";
export type { SampleProfile } from "../model-folder/precomputed.js";
