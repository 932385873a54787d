/**
 * The engine's memory: one WebAssembly.Memory that every thread and every SIMD kernel sees.
 *
 * Allocation only moves a pointer up; `mark` and `release` move it back. That is all a training run needs: parameters
 * and optimiser state at the bottom, and above them the tensors of one step, released together. Nothing large is
 * allocated per step, and `peak` tells after one step what a run will take.
 *
 * A step that allocates what the one before it did gets not only the same addresses but the same views of them: making
 * a view takes as long as a small kernel, and an answer to a request takes some dozens.
 *
 * It is not a general allocator, and not where finished models live: their weights are copied out to ordinary arrays.
 */
import "../base/platform-types.js";
import { UserError } from "../base/user-error.js";
import type { Floats } from "../base/floats.js";

const PAGE = 65536;
/** A 32-bit WebAssembly memory ends here: 65,536 pages of 64 KiB. */
export const MAX_HEAP_BYTES = 65536 * PAGE;
/**
 * Bases are cache-line aligned and staggered by one line, so that rows of equal-sized tensors do not share cache sets.
 */
const LINE = 64;

/** Views that are remembered, of floats and of integers; a power of two. */
const VIEWS = 1024;

/** The size and kind of a heap. */
export interface HeapOptions {
  /** Capacity in bytes. Only virtual address space until it is touched. */
  readonly bytes: number;
  /** Shared with other threads (needs SharedArrayBuffer). */
  readonly shared: boolean;
  /** "f64" stores floats in double precision: for gradient checks with plain kernels only. */
  readonly precision: "f32" | "f64";
  /** Bytes kept free at the bottom, for the kernels' workspaces. */
  readonly reserved: number;
}

/** One memory, given out from the bottom up and released back to a mark. */
export class Heap {
  readonly memory: WebAssembly.Memory;
  readonly pages: number;
  /** The memory's, which never grows: asking the memory itself each time takes longer than a small kernel. */
  private readonly buffer: ArrayBufferLike;
  private readonly precision: "f32" | "f64";
  private top: number;
  private peakTop: number;
  /** By address and length, those given out last. */
  private readonly floatViews: (Floats | undefined)[] = new Array<undefined>(VIEWS).fill(undefined);
  private readonly intViews: (Int32Array | undefined)[] = new Array<undefined>(VIEWS).fill(undefined);

  constructor(options: HeapOptions) {
    this.pages = Math.min(65536, Math.ceil(options.bytes / PAGE));
    try {
      this.memory = new WebAssembly.Memory({ initial: this.pages, maximum: this.pages, shared: options.shared });
    } catch {
      throw new UserError(
        `cannot reserve ${gib(this.pages * PAGE)} of memory for the engine: free some, or ask for less (memoryBytes)`,
      );
    }
    ({ buffer: this.buffer } = this.memory);
    this.precision = options.precision;
    // Offset 0 stays unused: it stands for "no array".
    this.top = Math.max(LINE, options.reserved);
    this.peakTop = this.top;
  }

  /**
   * Zero or stale bytes: undefined until written. @throws RangeError for a length that is none, UserError when full.
   */
  floats(length: number): Floats {
    const at = this.take(this.floatBytes, length);
    const slot = slotOf(at, length);
    const known = this.floatViews[slot];
    if (known?.byteOffset === at && known.length === length) return known;
    const view = this.precision === "f64"
      ? new Float64Array(this.buffer, at, length) : new Float32Array(this.buffer, at, length);
    this.floatViews[slot] = view;
    return view;
  }

  /** Zero or stale integers: undefined until written. @throws as `floats` does */
  ints(length: number): Int32Array {
    const at = this.take(4, length);
    const slot = slotOf(at, length);
    const known = this.intViews[slot];
    if (known?.byteOffset === at && known.length === length) return known;
    const view = new Int32Array(this.buffer, at, length);
    this.intViews[slot] = view;
    return view;
  }

  /** Bytes of one element of `floats`. */
  get floatBytes(): 4 | 8 {
    return this.precision === "f64" ? 8 : 4;
  }

  /** The current top, to be given back to `release`. */
  mark(): number {
    return this.top;
  }

  /** Frees everything allocated since the mark. Arrays handed out since then must not be used any more. */
  release(mark: number): void {
    this.top = mark;
  }

  /** Bytes not yet taken. */
  get free(): number {
    return this.pages * PAGE - this.top;
  }

  /** Highest use so far, in bytes. */
  get peak(): number {
    return this.peakTop;
  }

  /** Whether the array lies in this heap's memory. */
  owns(array: ArrayBufferView): boolean {
    return array.buffer === this.buffer;
  }

  private take(width: number, length: number): number {
    // A NaN would pass every comparison below and become the pointer.
    if (!Number.isSafeInteger(length) || length < 0) throw new RangeError(`an array cannot have ${length} elements`);
    const bytes = width * length;
    const base = Math.ceil(this.top / LINE) * LINE + LINE;
    if (base + bytes > this.pages * PAGE) {
      throw new UserError(
        `out of engine memory: ${gib(base)} in use, ${gib(bytes)} more asked for, ${gib(this.pages * PAGE)} there. ` +
        "Use fewer factors or neurons, or a smaller batch",
      );
    }
    this.top = base + bytes;
    if (this.top > this.peakTop) this.peakTop = this.top;
    return base;
  }
}

/** Where a view is remembered; another may take its place. */
function slotOf(at: number, length: number): number {
  return (at / LINE + length) & (VIEWS - 1);
}

/** "1.50 GiB" */
export function gib(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(2)} GiB`;
}
