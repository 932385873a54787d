/**
 * Half-precision floats (IEEE 754 binary16) as 16-bit words: 1 sign, 5 exponent, 10 fraction bits. For storing weights,
 * not for computing with them. JavaScript has no such array everywhere yet.
 */

/** Rounded to the nearest half, ties to even; what is too large becomes infinite. */
export function toHalf(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) halves[i] = halfOf(bits[i]);
  return halves;
}

export function fromHalf(halves: Uint16Array): Float32Array {
  const values = new Float32Array(halves.length);
  const all = floatsOfHalves();
  for (let i = 0; i < halves.length; i++) values[i] = all[halves[i]];
  return values;
}

/** @param bits of a float32: 1 sign, 8 exponent, 23 fraction. */
function halfOf(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  // 65520 and above round up past the largest half, 65504.
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  if (magnitude >= 0x38800000) {
    const rounded = magnitude + 0xfff + ((magnitude >>> 13) & 1);
    return sign | ((rounded - 0x38000000) >>> 13);
  }
  // Below 2⁻²⁵ nothing is left; subnormal halves are multiples of 2⁻²⁴.
  if (magnitude < 0x33000000) return sign;
  const shift = 126 - (magnitude >>> 23);
  const fraction = (magnitude & 0x7fffff) | 0x800000;
  const kept = fraction >>> shift;
  const rest = fraction & ((1 << shift) - 1);
  const middle = 1 << (shift - 1);
  return sign | (kept + (rest > middle || (rest === middle && (kept & 1) === 1) ? 1 : 0));
}

let table: Float32Array | null = null;

/** The value of each of the 65,536 halves: looking up is the fastest way to read tens of millions. */
function floatsOfHalves(): Float32Array {
  if (table) return table;
  table = new Float32Array(65536);
  for (let h = 0; h < 65536; h++) {
    const sign = h & 0x8000 ? -1 : 1;
    const exponent = (h >>> 10) & 31;
    const fraction = h & 0x3ff;
    if (exponent === 31) table[h] = fraction === 0 ? sign * Infinity : NaN;
    else if (exponent === 0) table[h] = sign * fraction * 2 ** -24;
    else table[h] = sign * (1024 + fraction) * 2 ** (exponent - 25);
  }
  return table;
}
