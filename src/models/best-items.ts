/** The n best of the items that are offered one at a time: higher scores first, equal ones by number. */
export class BestItems {
  readonly items: Int32Array;
  readonly scores: Float64Array;
  private many = 0;

  constructor(private readonly n: number) {
    this.items = new Int32Array(n);
    this.scores = new Float64Array(n);
  }

  /** The score that an item must have to be among them; −∞ while there are fewer than n. */
  get bar(): number {
    return this.many < this.n ? -Infinity : this.scores[this.n - 1];
  }

  /** The same item may be offered again. */
  offer(item: number, score: number): void {
    const { items, scores, many } = this;
    const before = (at: number): boolean => scores[at] > score || (scores[at] === score && items[at] <= item);
    let at = many;
    while (at > 0 && !before(at - 1)) at--;
    if (at > 0 && items[at - 1] === item && scores[at - 1] === score) return;
    if (at === this.n) return;
    const last = Math.min(many, this.n - 1);
    items.copyWithin(at + 1, at, last);
    scores.copyWithin(at + 1, at, last);
    items[at] = item;
    scores[at] = score;
    if (many < this.n) this.many++;
  }
}
