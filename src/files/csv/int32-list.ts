/**
 * Lists of numbers whose length is not known beforehand: fixed blocks, so that growing never copies and never doubles
 * the peak memory. Writing is a push, reading is a loop over blocks.
 */
const BLOCK = 1 << 18;

/** Numbers, 8 bytes each. */
export class Float64List {
  length = 0;
  private readonly blocks: Float64Array[] = [];

  push(value: number): void {
    const used = this.length % BLOCK;
    if (used === 0) this.blocks.push(new Float64Array(BLOCK));
    this.blocks[this.blocks.length - 1][used] = value;
    this.length++;
  }

  at(index: number): number {
    return this.blocks[Math.floor(index / BLOCK)][index % BLOCK];
  }
}

/** Integers, 4 bytes each. */
export class Int32List {
  length = 0;
  private readonly blocks: Int32Array[] = [];
  private last = new Int32Array(0);
  private used = 0;

  push(value: number): void {
    if (this.used === this.last.length) {
      this.last = new Int32Array(BLOCK);
      this.blocks.push(this.last);
      this.used = 0;
    }
    this.last[this.used++] = value;
    this.length++;
  }

  /** The filled part of every block, in order. */
  filled(): Int32Array[] {
    return this.blocks.map((block, b) => block.subarray(0, Math.min(BLOCK, this.length - b * BLOCK)));
  }

  toArray(): Int32Array {
    const flat = new Int32Array(this.length);
    this.filled().forEach((block, b) => flat.set(block, b * BLOCK));
    return flat;
  }
}
