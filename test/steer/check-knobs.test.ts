/** The rules of knobs, in the one place that steering, sessions and the service ask. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { checkKnobs, checkNeuron, knobFaults } from "../../src/steer/check-knobs.js";
import { messageOf } from "../data/temporary-folder.js";

test("every fault has its place", () => {
  const faults = knobFaults([
    { strength: 0.9 }, { neurons: [], strength: 0 }, { neurons: [0, 8, -1, 1.5, NaN], strength: 0.2 },
    { neurons: [1], strength: NaN }, { neurons: [1], strength: -0.5, only: true },
    { neurons: [1, 2], strength: 0, weights: [1] }, { neurons: [1], strength: 0, weights: [-1] },
    { neurons: [1], strength: 0, weights: [0] },
  ], 8);
  assert.equal(faults.map(({ knob, field }) => [knob, field]), [
    [1, "neuron"], [2, "neuron"], [2, "neuron"], [2, "neuron"], [2, "neuron"], [3, "strength"], [4, "strength"],
    [5, "weights"], [6, "weights"], [7, "weights"], [null, null],
  ]);
  assert.match(faults[1].detail, /no neuron 8: the model has neurons 0 to 7/);
  assert.match(faults.at(-1)!.detail, /add up to/);
});

test("sound knobs, with the rounding of sums", async () => {
  checkKnobs([{ neurons: [0], strength: 0.1 }, { strength: 0.2 }, { neurons: [7], strength: 0.7 }], 8);
  checkKnobs([{ neurons: [0], strength: 1, only: true }, { neurons: [7], strength: 1 }], 8);
  checkNeuron(7, 8);
  assert.match(await messageOf(() => checkNeuron(8, 8)), /no neuron 8/);
  assert.match(await messageOf(() => checkKnobs([{ neurons: [0], strength: 2 }], 8)), /between -1 and 1, got 2/);
});

test.run();
