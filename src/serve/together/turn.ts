/**
 * Requests that have come together are answered together: first all are worked out, one after the other, then all
 * answers are sent. A write that has to wake its reader costs as much as a list; behind the first, the others do not.
 *
 * Nobody waits for requests that have not come. It begins when there is nothing more to read in this turn of the event
 * loop, and sends at the latest after `MOST` answers, a millisecond of `recommend`, three of `steer` in ml-1m's size.
 */
import { setImmediate } from "node:timers";

/** Answers that are worked out before they are sent. */
const MOST = 16;

/** What sends an answer. */
export type Send = () => void;

export class Turn<W> {
  private waiting: W[] = [];

  /** @param workOut answers some that wait, in their order. Must not throw. */
  constructor(private readonly workOut: (some: readonly W[]) => readonly Send[]) {}

  /** Has it answered when this turn has read all there is, never at once. */
  add(one: W): void {
    this.waiting.push(one);
    if (this.waiting.length === 1) setImmediate(() => this.answer());
  }

  private answer(): void {
    const all = this.waiting;
    this.waiting = [];
    for (let from = 0; from < all.length; from += MOST) {
      for (const send of this.workOut(all.slice(from, from + MOST))) send();
    }
  }
}
