/** The ladder of the sparse code times the decoder: its arrays, rungs and right result. */
import { demandEqual } from "../../demand-equal.js";
import { uniforms } from "../../input.js";
import type { Workbench } from "../../workbench.js";
import { multiplyAdd } from "../../../src/kernels/simd/emit/numerics.js";
import type { Ladder } from "../climb.js";
import { loadModule } from "../load-module.js";
import { dense } from "./1-dense.js";
import { skipZeros } from "./2-skip-zeros.js";
import { gather } from "./3-gather.js";
import { lanes } from "./4-lanes.js";
import { streams } from "./5-streams.js";

export interface CodeSizes {
  batch: number;
  neurons: number;
  active: number;
  /** A multiple of 4. */
  factors: number;
}

/** @throws RangeError when the factors do not fill whole vectors. */
export function sparseLadder(
  { one, random, machine }: Workbench, { batch, neurons, active, factors }: CodeSizes,
): Ladder {
  if (factors % 4 !== 0) throw new RangeError(`factors must be a multiple of 4, got ${factors}`);
  const onHeap = (numbers: Float32Array): Float32Array => one.floatsFrom(numbers) as Float32Array;
  const decoder = onHeap(uniforms(random, neurons * factors));
  const values = onHeap(uniforms(random, batch * active).map((x) => x + 2));
  const indices = one.ints(batch * active);
  const code = onHeap(new Float32Array(batch * neurons));
  const out = onHeap(new Float32Array(batch * factors));
  const [starts, ends] = [one.ints(batch), one.ints(batch)];
  for (let r = 0; r < batch; r++) {
    const chosen = new Set<number>();
    while (chosen.size < active) chosen.add(random.below(neurons));
    indices.set([...chosen].sort((p, q) => p - q), r * active);
    [starts[r], ends[r]] = [r * active, (r + 1) * active];
    for (let q = starts[r]; q < ends[r]; q++) code[r * neurons + indices[q]] = values[q];
  }
  const wasm = loadModule(one.heap, [lanes(multiplyAdd(machine.numerics))]);

  const expected = new Float64Array(batch * factors);
  for (let q = 0; q < batch * active; q++) {
    const [to, from] = [Math.floor(q / active) * factors, indices[q] * factors];
    for (let d = 0; d < factors; d++) expected[to + d] += values[q] * decoder[from + d];
  }
  const check = (): void => {
    demandEqual("the decoded code", out, expected, 1e-5);
    out.fill(NaN);
  };
  const rung = (file: string, idea: string, run: () => void): Ladder["rungs"][number] => ({
    name: file.replace(/^\d+-/, "").replaceAll("-", " "), file: `sparse/${file}.ts`, idea, threads: 1, check, run,
  });
  return {
    name: "sparse", title: `Sparse code, ${active} of ${neurons} active, to ${factors} factors, ${batch} rows`,
    work: 2 * batch * active * factors, unit: "GFLOP/s",
    rungs: [
      rung("1-dense", "the best dense product", () => dense(one, out, code, decoder, batch, neurons, factors)),
      rung("2-skip-zeros", "a test instead of a row", () => skipZeros(out, code, decoder, batch, neurons, factors)),
      rung("3-gather", "lists, no zeros", () => gather(out, indices, values, decoder, batch, active, factors)),
      rung("4-lanes", "emitted SIMD", () => {
        out.fill(0);
        wasm.lanes(out.byteOffset, indices.byteOffset, values.byteOffset, decoder.byteOffset, batch, active,
          4 * factors);
      }),
      rung("5-streams", "eight rows at once",
        () => streams(one, out, starts, ends, indices, values, decoder, factors)),
    ],
  };
}
