/**
 * Requests that have come together (turn.ts), answered by the model of this moment. Those that want one person's list
 * are asked of the session as one question: it reads the weights once for all of them, and each gets the bytes that it
 * gets alone. What is wrong with one of them is said to that one.
 */
import { UserError } from "../../base/user-error.js";
import type { ListQuestion } from "../../session/lists.js";
import type { Exchange, Sent } from "../exchange.js";
import type { Route } from "../route.js";
import type { Send } from "./turn.js";

export interface Waiting {
  readonly exchange: Exchange;
  readonly route: Route;
  readonly sent: Sent;
}

/** @returns what sends each answer, in their order. Does not throw. */
export function answerTogether(waiting: readonly Waiting[]): Send[] {
  const sends: Send[] = [];
  const lists: number[] = [];
  const questions: ListQuestion[] = [];
  waiting.forEach(({ exchange, route, sent }, at) => {
    sends[at] = orFailure(exchange, () => {
      if (exchange.isOver) return () => {};
      if (!route.list) return exchange.workOut(route, sent);
      questions.push(route.list(exchange.checked(route, sent)));
      lists.push(at);
      return sends[at];
    });
  });
  if (lists.length === 0) return sends;
  const { model } = waiting[0].exchange;
  const answers = orNull(() => model.session.recommendEach(questions));
  lists.forEach((at, i) => {
    const { exchange, route, sent } = waiting[at];
    sends[at] = orFailure(exchange, () => {
      // What failed for all fails again, and is said, for the one that is at fault.
      if (!answers) return exchange.workOut(route, sent);
      const answer = answers[i];
      if (answer instanceof UserError) throw answer;
      return exchange.sending(route, answer, model);
    });
  });
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
