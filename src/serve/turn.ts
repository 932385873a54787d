/**
 * Requests that have come together are answered together: first all are worked out, one after the other, then all
 * answers are sent. A write that has to wake its reader costs as much as a list; behind the first, the others do not.
 *
 * Nobody waits for requests that have not come. It begins when there is nothing more to read in this turn of the event
 * loop, and sends at the latest after `MOST` answers, two milliseconds of `recommend`, six of `steer` in ml-1m's size.
 */
import { setImmediate } from "node:timers";

/** Answers that are worked out before they are sent. */
const MOST = 16;

/** Works out an answer and returns what sends it. Must not throw. */
export type Work = () => () => void;

export class Turn {
  private waiting: Work[] = [];

  /** Calls `work` when this turn has read all there is, never at once. */
  add(work: Work): void {
    this.waiting.push(work);
    if (this.waiting.length === 1) setImmediate(() => this.answer());
  }

  private answer(): void {
    const all = this.waiting;
    this.waiting = [];
    for (let from = 0; from < all.length; from += MOST) {
      const ready = all.slice(from, from + MOST).map((work) => work());
      for (const send of ready) send();
    }
  }
}
