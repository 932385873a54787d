/** What a person who waits for a queue should know: that nobody works, or that a worker declines a job. Each once. */
import type { Queue, QueueServer } from "./redis.js";

export class Notes {
  private readonly told = new Set<string>();

  constructor(
    private readonly server: QueueServer, private readonly queue: Queue,
    private readonly onNote: (text: string) => void = () => undefined,
  ) {}

  tell(text: string): void {
    if (this.told.has(text)) return;
    this.told.add(text);
    this.onNote(text);
  }

  async tellIfAlone(): Promise<void> {
    if ((await this.queue.getWorkers()).length > 0) return;
    this.tell(`nobody works on ${this.server.name} yet: start "unknot work ${this.server.name}" on any machine`);
  }
}
