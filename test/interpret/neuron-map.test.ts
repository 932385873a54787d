import { test } from "uvu";
import * as assert from "uvu/assert";
import { neuronMap } from "../../src/interpret/neuron-map.js";
import { principalComponents, project } from "../../src/interpret/components/pca.js";
import { Random } from "../../src/base/random.js";
import { assertClose } from "../support/assert-close.js";

/** Rows whose variance falls by direction, so that the components are well apart. */
function rows(neurons: number, factors: number): Float32Array {
  const random = new Random(4);
  return Float32Array.from({ length: neurons * factors }, (_, i) => random.normal() * 0.6 ** (i % factors) + 0.3);
}

test("the map is the first two principal components, scaled to −1 … 1", () => {
  const [H, D] = [60, 8];
  const w = rows(H, D);
  const map = neuronMap(w, H, new Uint8Array(H).fill(1));
  const exact = project(principalComponents(w, H, D, 2), w, H);
  // A component's sign is free.
  for (const axis of [0, 1]) {
    const at = Math.sign(map[axis] * exact[axis]);
    for (let h = 0; h < H; h++) exact[2 * h + axis] *= at;
  }
  const reach = exact.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  assertClose(map, exact.map((value) => value / reach), { absolute: 1e-6 });
});

test("dead neurons do not pull at it; none, or identical rows, still give a map", () => {
  const [H, D] = [40, 6];
  const w = rows(H, D);
  const alive = Uint8Array.from({ length: H }, (_, h) => (h < 30 ? 1 : 0));
  const map = neuronMap(w, H, alive);
  const without = neuronMap(w.subarray(0, 30 * D), 30, new Uint8Array(30).fill(1));
  const scale = without[0] / map[0];
  assertClose(map.slice(0, 60).map((value) => value * scale), without, { absolute: 1e-9 });
  assert.ok(neuronMap(w, H, new Uint8Array(H)).every((value) => Number.isFinite(value)));
  const alike = neuronMap(new Float32Array(5 * D).fill(0.2), 5, new Uint8Array(5).fill(1));
  assert.ok(alike.every((value) => Math.abs(value) <= 1));
});

test.run();
