/**
 * MultVAE's activation and its variational part, over elements (gaussianKl: rows of (rows, cols)).
 *
 *   tanh           out = tanh x                            tanhGradient            dx (+)= (1 − y²)·dy
 *   gaussianSample z = μ + ε·exp(logvar/2)                 gaussianSampleGradient  dLogvar (+)= ½·dz·ε·exp(logvar/2)
 *   gaussianKl     kl[r] = −½·Σ (1 + logvar − μ² − e^logvar)
 *                                                          gaussianKlGradient      dLogvar (+)= ½·weight·(e^logvar − 1)
 *
 * 8 to 20 bytes and, with an exponential, about 30 FLOPs an element: exponentials are bound by arithmetic
 * (exponential.ts has their error bounds), tanhGradient by memory.
 */
import type { Emitted, SimdFamily, SimdKernels } from "../family.js";
import type { plainGaussian } from "../plain/gaussian.js";
import { F32, I32, V128, Func, advance, doWhile, f32, f32x4, sequence, type Code } from "./emit/assembler.js";
import { exponential, hyperbolicTangent } from "./emit/exponential.js";
import { multiplyAdd, type MultiplyAdd, type Numerics } from "./emit/numerics.js";
import { accumulating, broadcast, scalar, sumOver, sweep } from "./emit/sweep.js";

/** tanh(out, x, bytes). */
function emitTanh(madd: MultiplyAdd): Func {
  const f = new Func("tanh");
  const [out, x, bytes] = f.params(I32, 3);
  const { out: y, tanh } = hyperbolicTangent(f, madd);
  return f.body(sweep(f, [out, x], bytes, 1, (access, at) => sequence(
    tanh(access.load(x, at)), access.store(out, y, at))));
}

/** tanhGradient(dx, dy, y, bytes, accumulate). */
function emitTanhGradient(madd: MultiplyAdd): Func {
  const f = new Func("tanhGradient");
  const [dx, dy, y, bytes, accumulate] = f.params(I32, 5);
  const [v, slope] = f.locals(V128, 2);
  return f.body(accumulating(accumulate, (adds) => sweep(f, [dx, dy, y], bytes, 2, (access, at) => sequence(
    v.set(access.load(y, at)),
    slope.set(f32x4.sub(1, f32x4.mul(v, v))),
    access.store(dx, adds ? madd(slope, access.load(dy, at), access.load(dx, at))
      : f32x4.mul(slope, access.load(dy, at)), at)))));
}

/** gaussianSample(z, mu, logvar, noise, bytes). */
function emitGaussianSample(madd: MultiplyAdd): Func {
  const f = new Func("gaussianSample");
  const [z, mu, logvar, noise, bytes] = f.params(I32, 5);
  const { out: sigma, exp } = exponential(f, madd);
  return f.body(sweep(f, [z, mu, logvar, noise], bytes, 1, (access, at) => sequence(
    exp(f32x4.mul(access.load(logvar, at), 0.5)),
    access.store(z, madd(access.load(noise, at), sigma, access.load(mu, at)), at))));
}

/** gaussianSampleGradient(dLogvar, dz, logvar, noise, bytes, accumulate). */
function emitGaussianSampleGradient(madd: MultiplyAdd): Func {
  const f = new Func("gaussianSampleGradient");
  const [dLogvar, dz, logvar, noise, bytes, accumulate] = f.params(I32, 6);
  const { out: sigma, exp } = exponential(f, madd);
  const half = f.local(V128);
  return f.body(accumulating(accumulate, (adds) => sweep(f, [dLogvar, dz, logvar, noise], bytes, 1, (access, at) => {
    const outer = f32x4.mul(access.load(dz, at), access.load(noise, at));
    return sequence(
      half.set(f32x4.mul(access.load(logvar, at), 0.5)),
      exp(half),
      half.set(f32x4.mul(outer, 0.5)),
      access.store(dLogvar, adds ? madd(half, sigma, access.load(dLogvar, at)) : f32x4.mul(half, sigma), at));
  })));
}

/** gaussianKl(kl, mu, logvar, bytes a row, rows); rows ≥ 1. */
function emitGaussianKl(madd: MultiplyAdd): Func {
  const f = new Func("gaussianKl");
  const [kl, mu, logvar, bytes, rows] = f.params(I32, 5);
  const sum = scalar(f);
  const { out: variance, exp } = exponential(f, madd);
  const [m, l] = f.locals(V128, 2);
  return f.body(doWhile(rows,
    sumOver(f, [sum], [mu, logvar], bytes, 2, (access, at, add) => sequence(
      l.set(access.load(logvar, at)), m.set(access.load(mu, at)),
      exp(l),
      l.set(f32x4.sub(f32x4.add(l, 1), variance)),
      add(0, access.only(f32x4.sub(l, f32x4.mul(m, m))), 1)), madd),
    f32.store(kl, f32.mul(sum, -0.5)), advance(kl, 4), advance(rows, -1)));
}

/** gaussianKlGradient(dLogvar, logvar, bytes, accumulate, ½·weight). */
function emitGaussianKlGradient(madd: MultiplyAdd): Func {
  const f = new Func("gaussianKlGradient");
  const [dLogvar, logvar, bytes, accumulate] = f.params(I32, 4);
  const [factor] = f.params(F32, 1);
  const [factors, fill] = broadcast(f, factor);
  const { out: variance, exp } = exponential(f, madd);
  return f.body(fill, accumulating(accumulate, (adds) => sweep(f, [dLogvar, logvar], bytes, 1, (access, at) => {
    const less: Code = f32x4.sub(variance, 1);
    return sequence(exp(access.load(logvar, at)), access.store(
      dLogvar, adds ? madd(factors, less, access.load(dLogvar, at)) : f32x4.mul(factors, less), at));
  })));
}

function emit(numerics: Numerics): Func[] {
  const madd = multiplyAdd(numerics);
  return [
    emitTanh(madd), emitTanhGradient(madd), emitGaussianSample(madd), emitGaussianSampleGradient(madd),
    emitGaussianKl(madd), emitGaussianKlGradient(madd),
  ];
}

function bind(wasm: Emitted): SimdKernels<typeof plainGaussian> {
  return {
    tanh(out, x, begin, end) {
      if (begin < end) wasm.tanh(out.byteOffset + 4 * begin, x.byteOffset + 4 * begin, 4 * (end - begin));
    },
    tanhGradient(dx, dy, y, accumulate, begin, end) {
      if (begin >= end) return;
      const from = 4 * begin;
      wasm.tanhGradient(dx.byteOffset + from, dy.byteOffset + from, y.byteOffset + from, 4 * (end - begin), accumulate);
    },
    gaussianSample(z, mu, logvar, noise, begin, end) {
      if (begin >= end) return;
      const from = 4 * begin;
      wasm.gaussianSample(
        z.byteOffset + from, mu.byteOffset + from, logvar.byteOffset + from, noise.byteOffset + from, 4 * (end - begin),
      );
    },
    gaussianSampleGradient(dLogvar, dz, logvar, noise, accumulate, begin, end) {
      if (begin >= end) return;
      const from = 4 * begin;
      wasm.gaussianSampleGradient(
        dLogvar.byteOffset + from, dz.byteOffset + from, logvar.byteOffset + from, noise.byteOffset + from,
        4 * (end - begin), accumulate,
      );
    },
    gaussianKl(kl, mu, logvar, cols, begin, end) {
      if (begin >= end) return;
      const from = 4 * begin * cols;
      wasm.gaussianKl(
        kl.byteOffset + 4 * begin, mu.byteOffset + from, logvar.byteOffset + from, 4 * cols, end - begin,
      );
    },
    gaussianKlGradient(dLogvar, logvar, weight, accumulate, begin, end) {
      if (begin >= end) return;
      wasm.gaussianKlGradient(
        dLogvar.byteOffset + 4 * begin, logvar.byteOffset + 4 * begin, 4 * (end - begin), accumulate, 0.5 * weight,
      );
    },
  };
}

export const simdGaussian: SimdFamily<typeof plainGaussian> = { emit, bind };
