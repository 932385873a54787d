/**
 * What a desk asks before anybody has touched it, and the answers: a file beside the model that lets a page show its
 * first list while the model is still on its way (desk/state/early-session.ts). Plain data, for JSON.
 */
import type { Session } from "../session/session.js";
import type { Opened } from "./protocol.js";

/** Name of the file, beside the model's. */
export const FIRST_ANSWERS = "first.json";
/** Length of the desk's lists: the paper's metrics are at 20. */
export const DESK_LIST = 20;

/** A question that was asked beforehand. */
export interface KnownAnswer {
  /** Of a session. */
  readonly method: string;
  readonly args: readonly unknown[];
  readonly value: unknown;
}

export interface FirstAnswers {
  readonly opened: Opened;
  readonly answers: readonly KnownAnswer[];
}

/** @param session of the model that the page will load, so that nothing moves when it has come */
export function firstAnswers(session: Session, opened: Opened): FirstAnswers {
  const samples = session.samples();
  const answers: KnownAnswer[] = [
    { method: "summary", args: [], value: session.summary() },
    { method: "samples", args: [], value: samples },
    { method: "atlas", args: [], value: session.atlas() },
    { method: "concepts", args: [], value: session.concepts() },
  ];
  const profile = samples[0]?.items ?? [];
  if (profile.length > 0) {
    answers.push(
      { method: "inspectUser", args: [profile, DESK_LIST], value: session.inspectUser(profile, DESK_LIST) },
      { method: "steer", args: [profile, [], DESK_LIST], value: session.steer(profile, [], DESK_LIST) },
    );
  }
  return { opened, answers };
}
