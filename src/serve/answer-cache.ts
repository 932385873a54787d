/**
 * Answers that depend on nothing but the model and the address, as bytes ready to send. Bounded in bytes. It belongs to
 * one model and goes with it. Nothing personal comes here.
 */
import { Lru } from "../base/lru.js";

const BUDGET = 32 * 2 ** 20;
/** A longer address is a person's own invention and not worth keeping. */
const LONGEST_KEY = 256;

export class AnswerCache {
  private readonly kept: Lru<Buffer>;

  constructor(private readonly budget = BUDGET) {
    this.kept = new Lru(budget, (answer, key) => answer.length + 2 * key.length);
  }

  get bytes(): number {
    return this.kept.weighs;
  }

  get(key: string): Buffer | undefined {
    return this.kept.get(key);
  }

  put(key: string, answer: Buffer): void {
    if (key.length <= LONGEST_KEY && answer.length <= this.budget / 4) this.kept.set(key, answer);
  }
}
