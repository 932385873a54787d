/** A helper's program whose relu ends the thread in the middle of a call. */
import serve, { type WorkerInit } from "../../src/engine/threads/pool-worker.js";
import { families } from "../../src/kernels/families.js";
import { undivided, type KernelFamily } from "../../src/kernels/family.js";

const relu = (): void => { process.exit(3); };

export default function serveAndDie(init: WorkerInit): void {
  serve(init, families.map((family: KernelFamily) => "relu" in family.plain
    ? { ...family, plain: { ...family.plain, relu: { run: relu, split: undivided } }, simd: null } : family));
}
