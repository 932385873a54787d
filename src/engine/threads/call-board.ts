/**
 * The call board, through which threads share one kernel call: a few words of shared memory.
 *
 * The main thread writes the call, opens it, and works on it too; every thread that reads the board claims one piece
 * after the other with an atomic counter. Pieces have disjoint outputs and each piece's arithmetic is fixed, so it does
 * not matter who computes which, nor how many threads there are: the bytes are the same. If no helper serves yet (they
 * start lazily), the main thread simply claims every piece itself.
 *
 * Safety of rewriting the board: the caller closes it, waits until no helper is `INSIDE`, writes, and opens it again. A
 * helper enters (INSIDE + 1) before it claims, so it either sees the closed board or is waited for.
 */
import type { KernelArgument } from "./thread-pool.js";

const CLAIM = 0;
const DONE = 1;
const INSIDE = 2;
/** Changes with every call: helpers sleep on it. */
const SIGNAL = 3;
const FAILED = 4;
const STOPPED = 5;
const PIECES = 6;
const PRESENT = 7;
const WORDS = 16;
/** In CLAIM while there is no call to claim pieces of. */
const NO_CALL = 0x40000000;

const MAX_ARGUMENTS = 20;
/** Float64 words of a call: kernel, outputs, piece, argument count, then (kind, offset or number, length) each. */
const CALL_WORDS = 4 + 3 * MAX_ARGUMENTS;
const MESSAGE_BYTES = 512;

const NUMBER = 0;
const NOTHING = 1;
const FLOAT32 = 2;
const FLOAT64 = 3;
const INT32 = 4;

/**
 * Polls before sleeping, about half a millisecond: the gaps within a training step are shorter, and waking a sleeping
 * thread costs 50 to 100 µs each time.
 */
const SPINS = 50_000;
/** No piece finished for this long while helpers hold some: a helper has died. */
const STALL_MS = 60_000;

export interface Call {
  kernel: number;
  outputs: number;
  piece: number;
  args: KernelArgument[];
}

export class CallBoard {
  private readonly words: Int32Array;
  private readonly call: Float64Array;
  private readonly message: Uint8Array;

  constructor(readonly buffer: SharedArrayBuffer = new SharedArrayBuffer(4 * WORDS + 8 * CALL_WORDS + MESSAGE_BYTES)) {
    this.words = new Int32Array(buffer, 0, WORDS);
    this.call = new Float64Array(buffer, 4 * WORDS, CALL_WORDS);
    this.message = new Uint8Array(buffer, 4 * WORDS + 8 * CALL_WORDS, MESSAGE_BYTES);
    if (Atomics.load(this.words, PIECES) === 0) Atomics.store(this.words, CLAIM, NO_CALL);
  }

  /** Main thread: writes a call and opens it. */
  post(kernel: number, args: readonly KernelArgument[], outputs: number, piece: number): void {
    const { words, call } = this;
    Atomics.store(words, CLAIM, NO_CALL);
    while (Atomics.load(words, INSIDE) !== 0) { /* a late helper leaves in nanoseconds */ }
    if (args.length > MAX_ARGUMENTS) {
      throw new RangeError(`a kernel takes ${args.length} arguments, at most ${MAX_ARGUMENTS}`);
    }
    call[0] = kernel;
    call[1] = outputs;
    call[2] = piece;
    call[3] = args.length;
    for (let i = 0; i < args.length; i++) encode(call, 4 + 3 * i, args[i]);
    Atomics.store(words, DONE, 0);
    Atomics.store(words, PIECES, Math.ceil(outputs / piece));
    Atomics.store(words, CLAIM, 0);
    Atomics.add(words, SIGNAL, 1);
    Atomics.notify(words, SIGNAL);
  }

  /** Any thread inside an open call: computes pieces until none is left. */
  work(compute: (begin: number, end: number) => void, outputs: number, piece: number): void {
    const { words } = this;
    const pieces = Math.ceil(outputs / piece);
    for (let at = Atomics.add(words, CLAIM, 1); at < pieces; at = Atomics.add(words, CLAIM, 1)) {
      compute(at * piece, Math.min(outputs, (at + 1) * piece));
      if (Atomics.add(words, DONE, 1) + 1 === pieces) Atomics.notify(words, DONE);
    }
  }

  /** Main thread: returns when every piece is done; throws what a helper threw. */
  finish(): void {
    const { words } = this;
    const pieces = Atomics.load(words, PIECES);
    for (let spin = 0; spin < SPINS; spin++) if (Atomics.load(words, DONE) === pieces) break;
    for (;;) {
      if (Atomics.load(words, FAILED)) throw new Error(`a helper thread failed: ${this.readMessage()}`);
      const done = Atomics.load(words, DONE);
      if (done === pieces) return;
      if (Atomics.wait(words, DONE, done, STALL_MS) === "timed-out" && Atomics.load(words, DONE) === done) {
        throw new Error(`a helper thread has not finished its share after ${STALL_MS / 1000} s: it has died or hangs`);
      }
    }
  }

  /** Main thread: lets helpers serve. */
  open(): void {
    Atomics.store(this.words, STOPPED, 0);
  }

  /** Main thread: makes helpers stop serving. */
  close(): void {
    Atomics.store(this.words, STOPPED, 1);
    Atomics.add(this.words, SIGNAL, 1);
    Atomics.notify(this.words, SIGNAL);
  }

  /** Helpers that are serving now. */
  get present(): number {
    return Atomics.load(this.words, PRESENT);
  }

  /** Helper thread: serves calls until the board is closed, or for `idleMs` without one. */
  serve(
    memory: WebAssembly.Memory, idleMs: number, compute: (call: Call) => (begin: number, end: number) => void,
  ): void {
    Atomics.add(this.words, PRESENT, 1);
    try {
      this.serveUntilIdle(memory, idleMs, compute);
    } finally {
      Atomics.sub(this.words, PRESENT, 1);
    }
  }

  private serveUntilIdle(
    memory: WebAssembly.Memory, idleMs: number, compute: (call: Call) => (begin: number, end: number) => void,
  ): void {
    const { words } = this;
    let seen = Atomics.load(words, SIGNAL) - 1;
    while (!Atomics.load(words, STOPPED)) {
      if (Atomics.load(words, SIGNAL) === seen) {
        let spin = 0;
        while (spin < SPINS && Atomics.load(words, SIGNAL) === seen) spin++;
        if (spin === SPINS && Atomics.wait(words, SIGNAL, seen, idleMs) === "timed-out") return;
        continue;
      }
      seen = Atomics.load(words, SIGNAL);
      Atomics.add(words, INSIDE, 1);
      try {
        if (Atomics.load(words, CLAIM) < Atomics.load(words, PIECES)) {
          const call = this.read(memory);
          this.work(compute(call), call.outputs, call.piece);
        }
      } catch (error) {
        this.fail(error instanceof Error ? error.message : String(error));
      } finally {
        Atomics.sub(words, INSIDE, 1);
      }
    }
  }

  /** Helper thread: tells the main thread that this call will never finish. */
  fail(why: string): void {
    const bytes = new TextEncoder().encode(why).subarray(0, MESSAGE_BYTES - 1);
    this.message.set(bytes);
    this.message[bytes.length] = 0;
    Atomics.store(this.words, FAILED, 1);
    Atomics.notify(this.words, DONE);
  }

  /** Whether this thread is between entering and leaving a call. */
  get busy(): boolean {
    return Atomics.load(this.words, INSIDE) > 0;
  }

  private read(memory: WebAssembly.Memory): Call {
    const { call } = this;
    const args: KernelArgument[] = [];
    for (let i = 0; i < call[3]; i++) args.push(decode(call, 4 + 3 * i, memory));
    return { kernel: call[0], outputs: call[1], piece: call[2], args };
  }

  private readMessage(): string {
    return new TextDecoder().decode(this.message.slice(0, this.message.indexOf(0)));
  }
}

function encode(call: Float64Array, at: number, argument: KernelArgument): void {
  if (typeof argument === "number") {
    call[at] = NUMBER;
    call[at + 1] = argument;
  } else if (argument === null) {
    call[at] = NOTHING;
  } else {
    call[at] = argument instanceof Int32Array ? INT32 : argument instanceof Float32Array ? FLOAT32 : FLOAT64;
    call[at + 1] = argument.byteOffset;
    call[at + 2] = argument.length;
  }
}

function decode(call: Float64Array, at: number, memory: WebAssembly.Memory): KernelArgument {
  const [kind, value, length] = [call[at], call[at + 1], call[at + 2]];
  if (kind === NUMBER) return value;
  if (kind === NOTHING) return null;
  if (kind === INT32) return new Int32Array(memory.buffer, value, length);
  if (kind === FLOAT32) return new Float32Array(memory.buffer, value, length);
  return new Float64Array(memory.buffer, value, length);
}
