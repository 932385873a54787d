/**
 * Inner products of 8-bit rows (docs/method.md §14): what a shortlist reads instead of the float vectors, a quarter of
 * their bytes. Sums are exact in 32 bits for rows of less than 133,000 entries, so plain and SIMD agree to the bit.
 */
import { byRows, kernel } from "../family.js";

/**
 * out[r] = ⟨q[r], p⟩. q: (rows, bytes) signed bytes, four to a word, bytes a multiple of 16; p: (bytes) signed 16-bit
 * numbers, two to a word; the first in the low bits. out: (rows). Owns rows.
 */
export function int8Dots(
  out: Int32Array, q: Int32Array, p: Int32Array, bytes: number, begin: number, end: number,
): void {
  const words = bytes / 4;
  for (let r = begin; r < end; r++) {
    let sum = 0;
    for (let w = 0; w < words; w++) {
      const four = q[r * words + w];
      const [low, high] = [p[2 * w], p[2 * w + 1]];
      sum += ((four << 24) >> 24) * ((low << 16) >> 16) + ((four << 16) >> 24) * (low >> 16) +
        ((four << 8) >> 24) * ((high << 16) >> 16) + (four >> 24) * (high >> 16);
    }
    out[r] = sum;
  }
}

export const plainInt8 = {
  int8Dots: kernel(int8Dots, ([out, , , bytes]) => byRows(out.length, bytes)),
};
