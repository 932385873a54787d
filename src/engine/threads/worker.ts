/**
 * A Piscina task: one helper thread joins a crew and serves its board until dismissed or idle.
 */
import { Board } from "./call-board.js";
import { kernelTable, kernelNames } from "../kernel-table.js";

/** What a helper needs to take part: all of it shared or structured-cloneable. */
export interface Ticket {
  board: SharedArrayBuffer;
  memory: WebAssembly.Memory;
  /** The SIMD kernels, null for plain ones. */
  module: WebAssembly.Module | null;
  /** Byte offset of this thread's own workspace in the memory. */
  workspace: number;
}

let serving: Board | null = null;
// A worker that ends in the middle of a piece would leave the main thread waiting for it.
process.on("exit", () => {
  if (serving?.busy) serving.fail("the thread ended in the middle of its work");
});

export default function join(ticket: Ticket): void {
  const table = kernelTable(ticket.module, ticket.memory, ticket.workspace);
  serving = new Board(ticket.board);
  serving.serve(ticket.memory, ({ kernel, args }) => {
    const run = table[kernelNames[kernel]] as (...args: unknown[]) => void;
    return (begin, end) => run(...args, begin, end);
  });
  serving = null;
}
