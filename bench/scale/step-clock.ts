/** Times of training steps, wall and processor, by level; what is measured between steps does not count. */
export class StepClock {
  private readonly levels: { wall: number; processor: number }[][] = [];
  private last = { wall: 0, processor: 0 };
  private inAll = { wall: 0, processor: 0 };

  /** From here on time counts: before the first step, and after what is not training. */
  start(): void {
    this.last = now();
  }

  /** After a step. */
  step(_done: number, level = 0): void {
    const at = now();
    this.count(level, { wall: at.wall - this.last.wall, processor: at.processor - this.last.processor });
    this.last = at;
  }

  private count(level: number, took: { wall: number; processor: number }): void {
    (this.levels[level] ??= []).push(took);
    this.inAll = { wall: this.inAll.wall + took.wall, processor: this.inAll.processor + took.processor };
  }

  /** Every step as level, wall, processor: for a process that goes on. */
  get steps(): Float64Array {
    return Float64Array.from(this.levels.flatMap((steps, level) => steps.flatMap((one) =>
      [level, one.wall, one.processor])));
  }

  /** After steps that another process took. */
  goOn(steps: ArrayLike<number>): void {
    for (let at = 0; at < steps.length; at += 3) {
      this.count(steps[at], { wall: steps[at + 1], processor: steps[at + 2] });
    }
  }

  /** Seconds of all steps. */
  get wall(): number {
    return this.inAll.wall;
  }

  get processor(): number {
    return this.inAll.processor;
  }

  /** "12.3 s of steps (processor 10.1 s)" */
  get said(): string {
    return `${this.inAll.wall.toFixed(1)} s of steps (processor ${this.inAll.processor.toFixed(1)} s)`;
  }

  /** Medians of a step, in seconds. Initialising and compiling are in the first ones. */
  medians(level: number): { wall: number; processor: number } {
    const of = (name: "wall" | "processor"): number => {
      const sorted = (this.levels[level] ?? []).map((one) => one[name]).sort((a, b) => a - b);
      return sorted[sorted.length >> 1] ?? NaN;
    };
    return { wall: of("wall"), processor: of("processor") };
  }
}

function now(): { wall: number; processor: number } {
  const { user, system } = process.cpuUsage();
  return { wall: performance.now() / 1000, processor: (user + system) / 1e6 };
}
