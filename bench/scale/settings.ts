/** What the stages of the scale bench are told; bench/scale.ts says what it means. */
export interface Scale {
  readonly folder: string;
  readonly items: number;
  readonly users: number;
  readonly interactions: number;
  readonly concepts: number;
  readonly seed: number;
  readonly factors: number;
  /** Of MultVAE. */
  readonly hidden: number;
  readonly rate: number;
  readonly batch: number;
  readonly columns: number;
  readonly sparseFactors: number;
  readonly sparseRate: number;
  readonly nonZeros: number;
  readonly share: number;
  readonly test: number;
  readonly threads: number;
  /** Seconds between two checkpoints. */
  readonly checkpoint: number;
  /** Seconds that a process may train, from its start; 0 for no end. */
  readonly for: number;
}
