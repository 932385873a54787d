/**
 * Answers that depend on nothing but the model and the address, as bytes ready to send. Bounded in bytes; the one that
 * was not asked for the longest goes first. It belongs to one model and goes with it. Nothing personal comes here.
 */
const BUDGET = 32 * 2 ** 20;
/** A longer address is a person's own invention and not worth keeping. */
const LONGEST_KEY = 256;

export class AnswerCache {
  /** In the order of their last use. */
  private readonly kept = new Map<string, Buffer>();
  private size = 0;

  constructor(private readonly budget = BUDGET) {}

  get bytes(): number {
    return this.size;
  }

  get(key: string): Buffer | undefined {
    const found = this.kept.get(key);
    if (found === undefined) return undefined;
    this.kept.delete(key);
    this.kept.set(key, found);
    return found;
  }

  put(key: string, answer: Buffer): void {
    if (key.length > LONGEST_KEY || answer.length > this.budget / 4 || this.kept.has(key)) return;
    this.kept.set(key, answer);
    this.size += answer.length + 2 * key.length;
    for (const [oldest, bytes] of this.kept) {
      if (this.size <= this.budget) break;
      this.kept.delete(oldest);
      this.size -= bytes.length + 2 * oldest.length;
    }
  }
}
