/**
 * A kernel family from outside `src`, as CONTRIBUTING describes one: a plain kernel with its split, a SIMD twin, and a
 * second kernel that is plain only. families.test.ts adds it to the registry and asks nothing else of the library.
 */
import type { Floats } from "../../src/base/floats.js";
import { byElements, byRows, kernel, plainOnly, type KernelFamily, type SimdFamily } from "../../src/kernels/family.js";
import { I32, V128, Func, f32x4, sequence } from "../../src/kernels/simd/emit/assembler.js";
import { sweep } from "../../src/kernels/simd/emit/sweep.js";

/** out = x² over elements. */
function square(out: Floats, x: Floats, begin: number, end: number): void {
  for (let i = begin; i < end; i++) out[i] = x[i] * x[i];
}

/** out[r] = x[r, 0]. out: (rows), x: (rows, cols). Owns rows. */
function firstOfRows(out: Floats, x: Floats, cols: number, begin: number, end: number): void {
  for (let r = begin; r < end; r++) out[r] = x[r * cols];
}

const plainToy = {
  square: kernel(square, ([out]) => byElements(out.length, 8)),
  firstOfRows: plainOnly(firstOfRows, ([out]) => byRows(out.length, 8), "moves single words"),
};

/** square(out, x, bytes). */
function emitSquare(): Func {
  const f = new Func("square");
  const [out, x, bytes] = f.params(I32, 3);
  const v = f.local(V128);
  return f.body(sweep(f, [out, x], bytes, 2, (access, at) => sequence(
    v.set(access.load(x, at)), access.store(out, f32x4.mul(v, v), at))));
}

const simdToy: SimdFamily<typeof plainToy> = {
  emit: () => [emitSquare()],
  bind: (wasm) => ({
    square(out, x, begin, end) {
      if (begin < end) wasm.square(out.byteOffset + 4 * begin, x.byteOffset + 4 * begin, 4 * (end - begin));
    },
  }),
};

export const toy: KernelFamily<typeof plainToy> = { name: "toy", plain: plainToy, simd: simdToy };
