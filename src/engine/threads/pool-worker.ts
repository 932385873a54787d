/**
 * A Piscina task: one helper thread serves an engine's call board until the board is closed, or idle for long.
 */
import { bindKernels } from "../../kernels/bind.js";
import { families } from "../../kernels/families.js";
import type { KernelFamily } from "../../kernels/family.js";
import { CallBoard } from "./call-board.js";

/** What a helper needs to take part: all of it shared or structured-cloneable. */
export interface WorkerInit {
  board: SharedArrayBuffer;
  memory: WebAssembly.Memory;
  /** The SIMD kernels, null for plain ones. */
  module: WebAssembly.Module | null;
  /** Byte offset of this thread's own workspace in the memory. */
  workspace: number;
  /** Milliseconds without a call after which it stops serving. */
  idleMs: number;
}

let serving: CallBoard | null = null;
// A worker that ends in the middle of a piece would leave the main thread waiting for it.
process.on("exit", () => {
  if (serving?.busy) serving.fail("the thread ended in the middle of its work");
});

/** @param known as the engine that posts the calls was built with. */
export default function serve(init: WorkerInit, known: readonly KernelFamily[] = families): void {
  const kernels = [...bindKernels(init.module, init.memory, init.workspace, known).values()];
  serving = new CallBoard(init.board);
  serving.serve(init.memory, init.idleMs, ({ kernel, args }) => {
    const { run } = kernels[kernel];
    return (begin, end) => run(...args, begin, end);
  });
  serving = null;
}
