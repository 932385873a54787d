/** Adam over a large parameter: p, m, v read and written, g read, 28 bytes an element (32 with projected rows). */
import type { Floats } from "../../src/base/floats.js";
import { uniforms } from "../input.js";
import { kernelCase } from "../kernel-case.js";
import type { Suite } from "../suite.js";

const ROWS = 9000;
const COLS = 512;
const N = ROWS * COLS;
/** Step size, β₁, β₂, epsilon, 1/√(1−β₂ᵗ). */
const CONSTANTS = [3e-4, 0.9, 0.99, 1e-8, 1.5] as const;

export const adam: Suite = {
  name: "adam",
  cases: (bench) => {
    const { one, random } = bench;
    const state = (): [p: Floats, m: Floats, v: Floats, g: Floats] => [
      one.floatsFrom(uniforms(random, N)), one.floatsFrom(uniforms(random, N)),
      one.floatsFrom(uniforms(random, N).map((value) => value * value + 0.01)), one.floatsFrom(uniforms(random, N)),
    ];
    return [
      {
        name: `adam ${N / 1e6} million`,
        prepare: () => kernelCase(bench, "adam", {
          args: [...state(), ...CONSTANTS], outputs: [0, 1, 2], work: { bytes: 28 * N },
        }),
      },
      {
        name: `adamUnitRows ${ROWS} × ${COLS}`,
        prepare: () => kernelCase(bench, "adamUnitRows", {
          args: [...state(), COLS, ...CONSTANTS], outputs: [0, 1, 2, 3], work: { bytes: 32 * N },
        }),
      },
    ];
  },
};
