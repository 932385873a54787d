/**
 * How far one list of scores is from another, as distributions over items: the downstream loss of an SAE.
 *
 *   p = softmax(t / τσ)     q = softmax(s / τσ)     loss = Σ p·(ln p − ln q)     ∂loss/∂s = (q − p) / τσ
 *
 * t are the teacher's scores, s the student's, σ the standard deviation of the row's t, so that the temperature τ means
 * the same for every user and every model. Entries where t is −∞ (masked) take no part.
 */
import type { Floats } from "../../base/floats.js";
import { byRows, EXPONENTIAL, kernel } from "../family.js";

/**
 * loss[r] and, for the way back, difference = (q − p)/τσ (0 where masked). A row without two different finite scores
 * has loss 0. loss: (rows); difference, teacher, student: (rows, cols). Owns rows.
 */
export function softmaxKl(
  loss: Floats, difference: Floats, teacher: Floats, student: Floats, cols: number, temperature: number,
  begin: number, end: number,
): void {
  for (let r = begin; r < end; r++) {
    const from = r * cols;
    const to = from + cols;
    let count = 0;
    let sum = 0;
    for (let j = from; j < to; j++) if (teacher[j] > -Infinity) { count++; sum += teacher[j]; }
    const mean = sum / count;
    let squares = 0;
    let topT = -Infinity;
    let topS = -Infinity;
    for (let j = from; j < to; j++) {
      if (!(teacher[j] > -Infinity)) continue;
      squares += (teacher[j] - mean) ** 2;
      if (teacher[j] > topT) topT = teacher[j];
      if (student[j] > topS) topS = student[j];
    }
    loss[r] = 0;
    if (!(squares > 0)) {
      difference.fill(0, from, to);
      continue;
    }
    const scale = 1 / (temperature * Math.sqrt(squares / count));
    // First the exponentials (p's go through loss's cross term, q's wait in `difference`), then both normalisers.
    let massT = 0;
    let massS = 0;
    let cross = 0;
    for (let j = from; j < to; j++) {
      if (!(teacher[j] > -Infinity)) continue;
      const logT = (teacher[j] - topT) * scale;
      const logS = (student[j] - topS) * scale;
      const p = Math.exp(logT);
      const q = Math.exp(logS);
      massT += p;
      massS += q;
      cross += p * (logT - logS);
      difference[j] = q;
    }
    loss[r] = cross / massT - Math.log(massT) + Math.log(massS);
    for (let j = from; j < to; j++) {
      difference[j] = teacher[j] > -Infinity
        ? scale * (difference[j] / massS - Math.exp((teacher[j] - topT) * scale) / massT)
        : 0;
    }
  }
}

export const plainSoftmaxKl = {
  softmaxKl: kernel(softmaxKl, ([loss, , , , cols]) => byRows(loss.length, (20 + 3 * EXPONENTIAL) * cols)),
};
