/**
 * Asking a worker no faster than it answers: while a question is being answered, only the newest of those that follow
 * is kept. So a dragged fader never queues up work, and an old answer never overtakes a newer one. The remote session
 * does the same for steering alone; here it holds for every kind of question, and nothing is refused aloud.
 */
export class Latest<Q, A> {
  private waiting: { question: Q } | null = null;
  private busy = false;
  /** Raised by `clear`: an answer to an earlier one's question is dropped. */
  private generation = 0;

  constructor(
    private readonly ask: (question: Q) => Promise<A>,
    private readonly answered: (answer: A, question: Q) => void,
    private readonly failed: (error: unknown) => void,
  ) {}

  put(question: Q): void {
    this.waiting = { question };
    if (!this.busy) void this.work();
  }

  /** Forgets what waits; an answer that is under way is dropped. */
  clear(): void {
    this.waiting = null;
    this.generation++;
  }

  private async work(): Promise<void> {
    this.busy = true;
    while (this.waiting) {
      const { question } = this.waiting;
      const { generation } = this;
      this.waiting = null;
      try {
        const answer = await this.ask(question);
        if (generation === this.generation) this.answered(answer, question);
      } catch (error) {
        if (generation === this.generation) this.failed(error);
      }
    }
    this.busy = false;
  }
}
