/** One user against every item: a matrix that is read once, bound by memory. */
import { uniforms } from "../input.js";
import { kernelCase } from "../kernel-case.js";
import type { Suite } from "../suite.js";

export const matvec: Suite = {
  name: "matvec",
  cases: (bench) => [[40_857, 1024], [9000, 512], [3500, 256]].map(([items, factors]) => ({
    name: `matvec ${items} × ${factors}`,
    prepare() {
      const { one, random } = bench;
      const [w, x] = [items * factors, factors].map((length) => one.floatsFrom(uniforms(random, length)));
      return kernelCase(bench, "matvec", {
        args: [one.floats(items), w, x, 1, factors, 0], outputs: [0], work: { bytes: 4 * items * factors },
        bound: 1e-6 * Math.sqrt(factors),
      });
    },
  })),
};
