/**
 * A map that forgets what was not asked for the longest once it holds more than its budget. A Map lists its keys in the
 * order in which they were set, so asking for an entry sets it anew.
 */
export class Lru<V> {
  private readonly kept = new Map<string, V>();
  private weight = 0;

  /** @param weigh what an entry takes of the budget; default 1, so that the budget is a number of entries. */
  constructor(
    private readonly budget: number, private readonly weigh: (value: V, key: string) => number = () => 1,
  ) {}

  /** What all entries take together. */
  get weighs(): number {
    return this.weight;
  }

  /** Whether there is an entry; it counts as not asked for. */
  has(key: string): boolean {
    return this.kept.has(key);
  }

  get(key: string): V | undefined {
    const found = this.kept.get(key);
    if (found === undefined) return undefined;
    this.kept.delete(key);
    this.kept.set(key, found);
    return found;
  }

  /** Keeps an entry, in place of an earlier one of the key; one that alone exceeds the budget is forgotten at once. */
  set(key: string, value: V): void {
    this.forget(key);
    this.kept.set(key, value);
    this.weight += this.weigh(value, key);
    for (const oldest of this.kept.keys()) {
      if (this.weight <= this.budget) break;
      this.forget(oldest);
    }
  }

  private forget(key: string): void {
    const value = this.kept.get(key);
    if (value === undefined) return;
    this.kept.delete(key);
    this.weight -= this.weigh(value, key);
  }
}
