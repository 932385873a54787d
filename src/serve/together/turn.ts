/**
 * Requests that have come together are answered together: first all are worked out, then all answers are sent. A write
 * that has to wake its reader costs as much as a list; behind the first, the others do not.
 *
 * Nobody waits for requests that have not come. It begins when there is nothing more to read in this turn of the event
 * loop. What is not worked out in one go (answer-together.ts says how much is) waits for the next turn, so that what
 * has come meanwhile is read and answered between, a question after the service's health for example.
 */
import { setImmediate } from "node:timers";

/** What sends an answer. */
export type Send = () => void;

export class Turn<W> {
  private waiting: W[] = [];

  /** @param workOut answers some of those that wait, from the first on and in their order. Must not throw. */
  constructor(private readonly workOut: (waiting: readonly W[]) => readonly Send[]) {}

  /** Has it answered when this turn has read all there is, never at once. */
  add(one: W): void {
    this.waiting.push(one);
    if (this.waiting.length === 1) setImmediate(() => this.answer());
  }

  private answer(): void {
    const sends = this.workOut(this.waiting);
    this.waiting = this.waiting.slice(sends.length);
    if (this.waiting.length > 0) setImmediate(() => this.answer());
    for (const send of sends) send();
  }
}
