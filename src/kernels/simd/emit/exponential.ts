/**
 * exp, tanh and log of four floats at a time, from operations that IEEE 754 fixes to the last bit and from integer
 * shifts: with "portable" numerics the same bits on every machine, which no library's exp promises.
 *
 *   x = n·ln 2 + r,  |r| ≤ ½ ln 2      e^x = 2ⁿ·(1 + m),  m = e^r − 1 = r + r²·(1/2! + r/3! + … + r⁵/7!)
 *   tanh |x| = E / (E + 2)             E = e^{2|x|} − 1 = 2ⁿ·m + (2ⁿ − 1)
 *   x = 2ᵉ·(1 + f),  √½ ≤ 1 + f < √2   log x = e·ln 2 + 2·(s + s³/3 + … + s⁹/9),  s = f / (2 + f)
 *
 * Taylor polynomials, so that the truncation is known without a fit: r⁸/8! ≤ 5.3e-9 and 2·s¹¹/11 ≤ 8e-10. The rest is
 * rounding. With u = 2⁻²⁴, half the distance from 1 to the next float:
 *
 *   exp   r is off by u/4 + u/64 (x − n·hi is exact: hi has 9 bits and n at most 8), m by u/4 from what r² multiplies,
 *         u/4 from its last addition and u/11 from the truncation; 1 + m ≥ 0.7 is rounded once: 2.2 u in sum.
 *   tanh  worst where n turns 1: there E ≥ 0.41 is off by twice m's 0.83 u and rounded once, 5 u relatively, of which
 *         tanh feels 2/(E + 2) = 0.83; its own addition and division make it 6.2 u.
 *   log   s, its polynomial and their product are off by 4.5 u, worst for e = ±1 where half of e·ln 2 cancels: 5.5 u.
 *
 * Bound by arithmetic: 27 instructions for four exponentials, 30 and a division for four tanh. Unrolling gains nothing,
 * as the processor overlaps the iterations of a loop by itself.
 */
import { V128, f32x4, i32x4, sequence, v128, type Code, type Func, type Local, type Operand } from "./assembler.js";
import type { MultiplyAdd } from "./numerics.js";

/** Relative errors, rounded up from the sums above. Where e^x is subnormal it may be off by 2⁻¹⁴⁹ besides. */
export const EXP_ERROR = 3 * 2 ** -24;
export const TANH_ERROR = 7 * 2 ** -24;
export const LOG_ERROR = 6 * 2 ** -24;

/** y + 1.5·2²³ has y, rounded to an integer, in its low bits. */
const ROUNDER = 1.5 * 2 ** 23;
const ROUNDER_BITS = 0x4b400000;
const LN2_HIGH = 355 / 512;
const LN2_LOW = Math.LN2 - LN2_HIGH;
/** Exponent bias and position of a float. */
const BIAS = 127;
const EXPONENT_BIT = 23;
/** e^x rounds to 0 below the first and to ∞ above the second. */
const LOWEST = -104;
const HIGHEST = 89;
/** tanh rounds to 1 from 9.02 on: no e^{2|x|} beyond this is looked at, so 2ⁿ never overflows. */
const TANH_LIMIT = 20;
const SQRT_HALF_BITS = 0x3f3504f3;

/** Emits `out = function of x` as a statement; x is read once. */
export type Emit = (x: Operand) => Code;

/** A polynomial Σ c_i·x^i, highest power first inside: c₀ + x·(c₁ + x·(…)). */
function horner(madd: MultiplyAdd, coefficients: readonly number[], x: Operand): Code {
  return coefficients.slice(0, -1).reduceRight<Code | number>(
    (sum, c) => madd(sum, x, c), coefficients[coefficients.length - 1]) as Code;
}

/** 1/2!, 1/3!, … 1/7! */
const INVERSE_FACTORIALS = [2, 6, 24, 120, 720, 5040].map((f) => 1 / f);

const powerOfTwo = (n: Operand): Code => i32x4.shl(i32x4.add(n, i32x4.constant(BIAS)), EXPONENT_BIT);

/** x = n·ln 2 + r: leaves n in `n` (as integers) and e^r − 1 in `m`. */
function reduce(f: Func, madd: MultiplyAdd): { n: Local; m: Local; split: Emit } {
  const [x, n, r, m] = f.locals(V128, 4);
  const whole = f32x4.sub(n, ROUNDER);
  return {
    n, m,
    split: (value) => sequence(
      x.set(value),
      n.set(madd(x, Math.LOG2E, ROUNDER)),
      r.set(madd(whole, -LN2_HIGH, x)),
      r.set(madd(whole, -LN2_LOW, r)),
      n.set(i32x4.sub(n, i32x4.constant(ROUNDER_BITS))),
      m.set(madd(f32x4.mul(r, r), horner(madd, INVERSE_FACTORIALS, r), r)),
    ),
  };
}

/** out = e^x for every x: 0 for −∞, ∞ above 88.7, NaN for NaN. */
export function exponential(f: Func, madd: MultiplyAdd): { out: Local; exp: Emit } {
  const { n, m, split } = reduce(f, madd);
  const out = f.local(V128);
  const half = f.local(V128);
  return {
    out,
    exp: (x) => sequence(
      split(f32x4.pmin(f32x4.pmax(x, LOWEST), HIGHEST)),
      // In two factors, as 2ⁿ alone may be too large or too small for a float when e^x is not.
      half.set(i32x4.shrSigned(n, 1)),
      out.set(f32x4.mul(
        f32x4.mul(f32x4.add(m, 1), powerOfTwo(half)), powerOfTwo(i32x4.sub(n, half)))),
    ),
  };
}

/** out = tanh x, with the sign of x. */
export function hyperbolicTangent(f: Func, madd: MultiplyAdd): { out: Local; tanh: Emit } {
  const { n, m, split } = reduce(f, madd);
  const [x, e, power, out] = f.locals(V128, 4);
  return {
    out,
    tanh: (value) => sequence(
      x.set(value),
      split(f32x4.pmin(f32x4.mul(f32x4.abs(x), 2), TANH_LIMIT)),
      power.set(powerOfTwo(n)),
      e.set(madd(power, m, f32x4.sub(power, 1))),
      out.set(v128.bitselect(x, f32x4.div(e, f32x4.add(e, 2)), -0)),
    ),
  };
}

/** out = log x for positive, normal x. */
export function logarithm(f: Func, madd: MultiplyAdd): { out: Local; log: Emit } {
  const [bits, e, s, square, out] = f.locals(V128, 5);
  return {
    out,
    log: (x) => sequence(
      bits.set(x),
      e.set(i32x4.shrSigned(i32x4.sub(bits, i32x4.constant(SQRT_HALF_BITS)), EXPONENT_BIT)),
      s.set(f32x4.sub(i32x4.sub(bits, i32x4.shl(e, EXPONENT_BIT)), 1)),
      e.set(f32x4.convertSigned(e)),
      s.set(f32x4.div(s, f32x4.add(s, 2))),
      square.set(f32x4.mul(s, s)),
      out.set(f32x4.mul(s, horner(madd, [2, 2 / 3, 2 / 5, 2 / 7, 2 / 9], square))),
      out.set(madd(e, LN2_HIGH, madd(e, LN2_LOW, out))),
    ),
  };
}
