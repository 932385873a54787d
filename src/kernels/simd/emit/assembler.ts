/**
 * A WebAssembly assembler, as small as the kernels allow: only the instructions they use, no text format, no optimiser.
 *
 * Code is nested lists of bytes, flattened once at the end. Instructions nest like the expressions they stand for, so
 * `sum.set(f32x4.add(sum, f32x4.mul(x, y)))` is one line of a kernel. A plain number is a constant of the type that
 * the instruction expects. The virtual machine validates what comes out; nothing is checked here.
 *
 * Source: WebAssembly Core Specification 2.0 (binary format) and the relaxed-simd and threads proposals.
 */
export type Code = readonly (number | Code)[];

export const I32 = 0x7f;
export const F32 = 0x7d;
export const V128 = 0x7b;
export type ValueType = typeof I32 | typeof F32 | typeof V128;

/** A parameter or variable of a function. Used as an operand, it reads itself. */
export class Local {
  constructor(readonly index: number, readonly type: ValueType) {}

  set(value: Operand): Code {
    return [push(value, this.type), 0x21, unsigned(this.index)];
  }

  /** Its value as an expression: what a function with a result ends with. */
  get(): Code {
    return push(this, this.type);
  }
}

/** What an instruction takes: a local's value, the value of an expression, or a constant. */
export type Operand = Local | Code | number;

/** Unsigned LEB128: seven bits a byte, low bits first. */
function unsigned(n: number): Code {
  const bytes: number[] = [];
  let rest = n >>> 0;
  do {
    const low = rest & 0x7f;
    rest >>>= 7;
    bytes.push(rest ? low | 0x80 : low);
  } while (rest);
  return bytes;
}

/** Signed LEB128 of a 32-bit integer. */
function signed(n: number): Code {
  const bytes: number[] = [];
  for (let rest = n | 0; ; ) {
    const low = rest & 0x7f;
    rest >>= 7;
    if ((rest === 0 && !(low & 0x40)) || (rest === -1 && low & 0x40)) return [...bytes, low];
    bytes.push(low | 0x80);
  }
}

function constant(n: number, type: ValueType): Code {
  if (type === I32) return [0x41, ...signed(n)];
  if (type === F32) return [0x43, ...new Uint8Array(new Float32Array([n]).buffer)];
  const lanes = new Uint8Array(new Float32Array(4).fill(n).buffer);
  return [0xfd, 0x0c, ...lanes];
}

function push(x: Operand, type: ValueType): Code {
  if (x instanceof Local) return [0x20, unsigned(x.index)];
  return typeof x === "number" ? constant(x, type) : x;
}

/** Statements one after the other. */
export function sequence(...parts: readonly Code[]): Code {
  return parts;
}

type Unary = (x: Operand) => Code;
type Binary = (x: Operand, y: Operand) => Code;
type Ternary = (x: Operand, y: Operand, z: Operand) => Code;
const unary = (op: Code, type: ValueType): Unary => (x) => [push(x, type), op];
const binary = (op: Code, type: ValueType): Binary => (x, y) => [push(x, type), push(y, type), op];
const ternary = (op: Code, type: ValueType): Ternary =>
  (x, y, z) => [push(x, type), push(y, type), push(z, type), op];
const simd = (n: number): Code => [0xfd, unsigned(n)];

/** Addresses are byte offsets; `offset` is added without wrapping. Alignment is a hint: 4 bytes is what arrays have. */
const load = (op: Code) => (address: Operand, offset = 0): Code =>
  [push(address, I32), op, 2, unsigned(offset)];
const store = (op: Code, type: ValueType, suffix: Code = []) => (address: Operand, value: Operand, offset = 0): Code =>
  [push(address, I32), push(value, type), op, 2, unsigned(offset), suffix];
/** Every lane by the same number of bits. */
const shift = (op: number) => (x: Operand, bits: Operand): Code => [push(x, V128), push(bits, I32), simd(op)];
const extract = (op: Code) => (x: Operand, lane: number): Code => [push(x, V128), op, lane];

export const i32 = {
  constant: (n: number): Code => constant(n, I32), load: load([0x28]), store: store([0x36], I32),
  add: binary([0x6a], I32), sub: binary([0x6b], I32), mul: binary([0x6c], I32),
  and: binary([0x71], I32), or: binary([0x72], I32), shl: binary([0x74], I32), shrUnsigned: binary([0x76], I32),
  eq: binary([0x46], I32), ne: binary([0x47], I32),
  gtSigned: binary([0x4a], I32), geSigned: binary([0x4e], I32),
  countTrailingZeros: unary([0x68], I32), reinterpret: unary([0xbc], F32),
};

export const f32 = {
  load: load([0x2a]), store: store([0x38], F32),
  add: binary([0x92], F32), sub: binary([0x93], F32), mul: binary([0x94], F32), div: binary([0x95], F32),
  sqrt: unary([0x91], F32), min: binary([0x96], F32), max: binary([0x97], F32), neg: unary([0x8c], F32),
  gt: binary([0x5e], F32), ge: binary([0x60], F32),
};

export const v128 = {
  load: load(simd(0x00)), store: store(simd(0x0b), V128),
  /** One float to all four lanes. */
  loadSplat: load(simd(0x09)),
  /** One float to lane 0, zeros to the others; and back. */
  loadLane: load(simd(0x5c)), storeLane: store(simd(0x5a), V128, [0]),
  /** All ones in lane 0. */
  firstLane: [simd(0x0c), 255, 255, 255, 255, ...new Array<number>(12).fill(0)] as Code,
  and: binary(simd(0x4e), V128), or: binary(simd(0x50), V128), anyTrue: unary(simd(0x53), V128),
  /** x & ~y. */
  andNot: binary(simd(0x4f), V128),
  /** The bits of x where z is one, those of y elsewhere. */
  bitselect: ternary(simd(0x52), V128),
};

export const f32x4 = {
  splat: unary(simd(0x13), F32), extract: extract(simd(0x1f)),
  add: binary(simd(0xe4), V128), sub: binary(simd(0xe5), V128), mul: binary(simd(0xe6), V128),
  div: binary(simd(0xe7), V128), sqrt: unary(simd(0xe3), V128),
  gt: binary(simd(0x44), V128), le: binary(simd(0x45), V128), ge: binary(simd(0x46), V128),
  abs: unary(simd(0xe0), V128), nearest: unary(simd(0x6a), V128), convertSigned: unary(simd(0xfa), V128),
  /** pmax(x, y) = x < y ? y : x and pmin(x, y) = y < x ? y : x in every lane: a NaN in y never wins. */
  pmin: binary(simd(0xea), V128), pmax: binary(simd(0xeb), V128),
  /** x·y + z with one rounding where the processor has FMA, else with two. */
  relaxedMadd: ternary(simd(0x105), V128),
};

export const i8x16 = {
  splat: unary(simd(0x0f), I32), sub: binary(simd(0x71), V128), bitmask: unary(simd(0x64), V128),
  /** Lane l of the result is lane y[l] of x, 0 where x has no such lane. */
  swizzle: binary(simd(0x0e), V128),
  /** Sixteen words, saturated. */
  narrowed: binary(simd(0x65), V128),
};

export const i16x8 = {
  splat: unary(simd(0x10), I32), add: binary(simd(0x8e), V128), geSigned: binary(simd(0x35), V128),
  /** Products of the first or the last eight bytes. */
  productsLow: binary(simd(0x9c), V128), productsHigh: binary(simd(0x9d), V128),
  /** Eight signed bytes, widened. */
  loadBytes: load(simd(0x01)),
  /** Four signed words of each, saturated. */
  narrowed: binary(simd(0x85), V128),
};

export const i32x4 = {
  /** Products of 16-bit lanes, neighbours added. */
  dotPairs: binary(simd(0xba), V128),
  /** Of floats, towards 0, saturated. */
  truncated: unary(simd(0xf8), V128),
  splat: unary(simd(0x11), I32), extract: extract(simd(0x1b)), bitmask: unary(simd(0xa4), V128),
  constant: (n: number): Code => [simd(0x0c), ...new Uint8Array(new Int32Array(4).fill(n).buffer)],
  add: binary(simd(0xae), V128), sub: binary(simd(0xb1), V128),
  shl: shift(0xab), shrSigned: shift(0xac), gtSigned: binary(simd(0x3b), V128), maxSigned: binary(simd(0xb8), V128),
};

/** Four lanes out of the eight of x (0–3) and y (4–7). */
export function shuffle(x: Operand, y: Operand, lanes: readonly [number, number, number, number]): Code {
  const bytes = lanes.flatMap((lane) => [4 * lane, 4 * lane + 1, 4 * lane + 2, 4 * lane + 3]);
  return [push(x, V128), push(y, V128), simd(0x0d), bytes];
}

/** Eight halves of lanes, 16 bits each, out of the sixteen of x (0–7) and y (8–15). */
export function shuffleHalves(x: Operand, y: Operand, halves: readonly number[]): Code {
  const bytes = halves.flatMap((half) => [2 * half, 2 * half + 1]);
  return [push(x, V128), push(y, V128), simd(0x0d), bytes];
}

/** p += bytes, for pointers and counters. */
export function advance(p: Local, by: Operand): Code {
  return p.set(i32.add(p, by));
}

export function when(condition: Operand, ...body: readonly Code[]): Code {
  return [push(condition, I32), 0x04, 0x40, body, 0x0b];
}

export function either(condition: Operand, yes: Code, no: Code): Code {
  return [push(condition, I32), 0x04, 0x40, yes, 0x05, no, 0x0b];
}

/** do { body } while (condition): the loop of hot code, one branch an iteration. */
export function doWhile(condition: Operand, ...body: readonly Code[]): Code {
  return [0x03, 0x40, body, push(condition, I32), 0x0d, 0, 0x0b];
}

/** while (condition) { body }, tested once before the first iteration and then at the end of each. */
export function whileLoop(condition: Code, ...body: readonly Code[]): Code {
  return when(condition, doWhile(condition, ...body));
}

/** A block that `leave(depth, condition)` jumps to the end of, out of `depth` further blocks, loops or ifs. */
export function block(...body: readonly Code[]): Code {
  return [0x02, 0x40, body, 0x0b];
}

export function leave(depth: number, condition: Operand): Code {
  return [push(condition, I32), 0x0d, depth];
}

/** A function under construction. Declare every parameter before the first variable. */
export class Func {
  private readonly parameters: ValueType[] = [];
  private readonly variables: ValueType[] = [];
  private code: Code = [];

  /** @param result the type of the value that the body leaves behind, if any. */
  constructor(readonly name: string, private readonly result?: ValueType) {}

  params(type: ValueType, count: number): Local[] {
    return Array.from({ length: count }, () => new Local(this.parameters.push(type) - 1, type));
  }

  local(type: ValueType): Local {
    return new Local(this.parameters.length + this.variables.push(type) - 1, type);
  }

  locals(type: ValueType, count: number): Local[] {
    return Array.from({ length: count }, () => this.local(type));
  }

  body(...parts: readonly Code[]): this {
    this.code = parts;
    return this;
  }

  signature(): Code {
    return [0x60, vector(this.parameters.map((p) => [p])), vector(this.result ? [[this.result]] : [])];
  }

  encode(): Code {
    return sized([vector(this.variables.map((v) => [1, v])), this.code, 0x0b]);
  }
}

/** The bytes of nested code. */
function flatten(code: Code, bytes: number[] = []): number[] {
  for (const part of code) {
    if (typeof part === "number") bytes.push(part);
    else flatten(part, bytes);
  }
  return bytes;
}

const vector = (items: readonly Code[]): Code => [unsigned(items.length), items];
const sized = (code: Code): Code => {
  const body = flatten(code);
  return [unsigned(body.length), body];
};
const text = (s: string): Code => sized([...new TextEncoder().encode(s)]);
const section = (id: number, ...items: readonly Code[]): Code => [id, sized(vector(items))];

/** The memory that a module imports as env.memory. A shared one must be declared with its maximum size in pages. */
export interface MemoryImport {
  readonly shared: boolean;
  readonly maximumPages: number;
}

/** The bytes of a module that exports every function by its name. */
export function assemble(functions: readonly Func[], memory: MemoryImport): Uint8Array<ArrayBuffer> {
  const limits = memory.shared ? [3, 0, unsigned(memory.maximumPages)] : [0, 0];
  return new Uint8Array(flatten([
    0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
    section(1, ...functions.map((f) => f.signature())),
    section(2, [text("env"), text("memory"), 2, limits]),
    section(3, ...functions.map((_, i) => unsigned(i))),
    section(7, ...functions.map((f, i) => [text(f.name), 0, unsigned(i)])),
    section(10, ...functions.map((f) => f.encode())),
  ]));
}
