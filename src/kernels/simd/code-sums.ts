/**
 * Sums of looked-up entries: nothing for four lanes to do, but look-ups without the check that an index is in its
 * array, and rows without a loop: a function for each number of words up to eight. A sum stays in a register, 32
 * answers in another.
 */
import type { Emitted, SimdFamily, SimdKernels } from "../family.js";
import { codeSumsReach, ROWS_OF_WORD, type plainCodeSums } from "../plain/code-sums.js";
import {
  I32, Func, advance, doWhile, i32, sequence, when, whileLoop, type Code, type Local,
} from "./emit/assembler.js";

const MOST_WORDS = 8;
const SIZES = Array.from({ length: MOST_WORDS }, (_, i) => i + 1);

/** codeSumsReachW(out, codes, tail, table, bytes of a row's tail, bar, rows). */
function emitCodeSumsReach(words: number): Func {
  const f = new Func(`codeSumsReach${words}`);
  const [out, codes, tail, table, tailBytes, bar, rows] = f.params(I32, 7);
  const [sum, rest, two, at, end, bits, one] = f.locals(I32, 7);
  // An entry has four bytes: codes times four.
  const low = (word: Local): Code => i32.load(i32.add(table, i32.and(i32.shl(word, 2), 0x3fffc)));
  const high = (word: Local): Code => i32.load(i32.add(table, i32.and(i32.shrUnsigned(word, 14), 0x3fffc)));
  const row = sequence(
    sum.set(0),
    ...Array.from({ length: words }, (_, w) => sequence(
      two.set(i32.load(codes, 4 * w)),
      w === words - 1
        ? sequence(rest.set(high(two)), sum.set(i32.add(sum, low(two))))
        : sum.set(i32.add(sum, i32.add(low(two), high(two)))))),
    when(i32.geSigned(i32.add(sum, rest), bar),
      at.set(tail), end.set(i32.add(tail, tailBytes)),
      whileLoop(i32.ne(at, end),
        two.set(i32.load(at)), advance(at, 4), sum.set(i32.add(sum, i32.add(low(two), high(two))))),
      when(i32.geSigned(sum, bar), bits.set(i32.or(bits, one)))),
    advance(codes, 4 * words), advance(tail, tailBytes), one.set(i32.shl(one, 1)), advance(rows, -1));
  return f.body(
    whileLoop(i32.gtSigned(rows, 0),
      bits.set(0), one.set(1),
      // The bit falls out of the word after its last row.
      doWhile(i32.and(i32.ne(one, 0), i32.gtSigned(rows, 0)), row),
      i32.store(out, bits), advance(out, 4)));
}

function bind(wasm: Emitted): SimdKernels<typeof plainCodeSums> {
  return {
    codeSumsReach(out, codes, tail, table, words, tailWords, bar, rows, begin, end) {
      const from = ROWS_OF_WORD * begin;
      const many = Math.min(rows, ROWS_OF_WORD * end) - from;
      if (many <= 0) return;
      if (words > MOST_WORDS) {
        codeSumsReach(out, codes, tail, table, words, tailWords, bar, rows, begin, end);
        return;
      }
      wasm[`codeSumsReach${words}`](
        out.byteOffset + 4 * begin, codes.byteOffset + 4 * words * from, tail.byteOffset + 4 * tailWords * from,
        table.byteOffset, 4 * tailWords, bar, many,
      );
    },
  };
}

export const simdCodeSums: SimdFamily<typeof plainCodeSums> = { emit: () => SIZES.map(emitCodeSumsReach), bind };
