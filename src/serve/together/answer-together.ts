/**
 * Requests that have come together (turn.ts), answered by the model of this moment. Those that want one person's lists
 * are asked of the session as one question: it reads the weights once for all of them, and each gets the bytes that it
 * gets alone. What is wrong with one of them is said to that one.
 */
import { UserError } from "../../base/user-error.js";
import type { Exchange, Sent } from "../exchange.js";
import type { Route, Together } from "../route.js";
import type { Send } from "./turn.js";

export interface Waiting {
  readonly exchange: Exchange;
  readonly route: Route;
  readonly sent: Sent;
}

/** Requests that are answered in one go: some milliseconds of lists in ml-1m's size. */
const MOST = 64;
/** Of a large catalogue fewer, but not fewer than this: so many share the reads of the weights. */
const FEWEST = 16;
/** Multiply–adds that MOST may have. */
const WORK = 50e6;
/** What is worked out one by one goes on for so long before its answers are sent. */
const PATIENCE_MS = 5;

/** @returns what sends the answers of the first of those that wait, in their order; at least one. Does not throw. */
export function answerTogether(waiting: readonly Waiting[]): Send[] {
  const { model } = waiting[0].exchange;
  const most = Math.max(FEWEST, Math.min(MOST, Math.floor(WORK / model.cost.scoring)));
  const sends: Send[] = [];
  const shared = new Map<Together<unknown>, { readonly places: number[]; readonly questions: unknown[] }>();
  const until = performance.now() + PATIENCE_MS;
  for (let at = 0; at < Math.min(most, waiting.length) && (at === 0 || performance.now() < until); at++) {
    const { exchange, route, sent } = waiting[at];
    sends[at] = orFailure(exchange, () => {
      if (exchange.isOver) return () => {};
      const { together } = route;
      if (!together) return exchange.workOut(route, sent);
      const question = together.question(exchange.checked(route, sent));
      const kind = shared.get(together) ?? { places: [], questions: [] };
      shared.set(together, kind);
      kind.questions.push(question);
      kind.places.push(at);
      return () => {};
    });
  }
  for (const [together, { places, questions }] of shared) {
    const answers = orNull(() => together.answer(model.session, questions));
    places.forEach((at, i) => {
      const { exchange, route, sent } = waiting[at];
      sends[at] = orFailure(exchange, () => {
        // What failed for all fails again, and is said, for the one that is at fault.
        if (!answers) return exchange.workOut(route, sent);
        const answer = answers[i];
        if (answer instanceof UserError) throw answer;
        return exchange.sending(route, answer, model);
      });
    });
  }
  return sends;
}

function orFailure(exchange: Exchange, work: () => Send): Send {
  try {
    return work();
  } catch (error) {
    return () => exchange.fail(error);
  }
}

function orNull<T>(work: () => T): T | null {
  try {
    return work();
  } catch {
    return null;
  }
}
