/** A program that uses threads and simply ends. Prints "done" when its own work is over. */
import { setImmediate as turn } from "node:timers/promises";
import { openEngine } from "../../src/engine/open.js";

const engine = openEngine({ threads: 3, kernels: "plain", memoryBytes: 2 ** 24 });
const x = engine.floatsFrom(new Float32Array(400_000).fill(1));
for (let call = 0; call < 50; call++) {
  engine.run("addScaled", x, x, 0.001, 1);
  await turn();
}
if (process.argv.includes("close")) engine.close();
if (process.argv.includes("again")) {
  // Long enough for the helpers to have fallen asleep; then they start once more.
  await new Promise((resolve) => { setTimeout(resolve, 500); });
  engine.run("addScaled", x, x, 0.001, 1);
  engine.close();
  engine.run("addScaled", x, x, 0.001, 1);
}
console.log("done");
