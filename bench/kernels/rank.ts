/**
 * From scores to lists: the 20 best of 40,857 items, for one user as in serving and for a batch as in evaluation.
 * Bytes: the scores read once.
 */
import { uniforms } from "../input.js";
import { kernelCase } from "../kernel-case.js";
import type { Suite } from "../suite.js";

const ITEMS = 40_857;
const N = 20;

export const rank: Suite = {
  name: "rank",
  cases: (bench) => [1, 512].map((users) => ({
    name: `rankRows ${N} of ${ITEMS}, ${users} user${users === 1 ? "" : "s"}`,
    prepare() {
      const { one, random } = bench;
      const scores = one.floatsFrom(uniforms(random, users * ITEMS));
      return kernelCase(bench, "rankRows", {
        args: [one.ints(users * N), one.floats(users * N), scores, ITEMS, N], outputs: [0, 1],
        work: { bytes: 4 * users * ITEMS }, bound: 0,
      });
    },
  })),
};
