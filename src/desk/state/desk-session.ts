/** What the desk asks of a session: it sees no more of the engine than this. */
import type { RemoteSession } from "../../browser/remote-session.js";

export type DeskSession = Pick<
  RemoteSession,
  "opened" | "summary" | "samples" | "searchItems" | "searchTags" | "inspectUser" | "steer" | "steerEach" | "explain" |
  "inspectNeuron" | "inspectTag" | "inspectConcept" | "atlas" | "concepts" | "recommend" | "findTag" | "carriers" |
  "similarItems" | "wish"
>;
