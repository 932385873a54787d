/**
 * What a number was measured on: without this line a time means nothing.
 */
import { cpus, totalmem } from "node:os";
import { relaxedSimdAvailable, type Numerics } from "../src/kernels/simd/emit/numerics.js";

export interface Machine {
  cpu: string;
  cores: number;
  memoryGib: number;
  node: string;
  v8: string;
  numerics: Numerics;
}

/** @param wanted what the engine was asked for; "fused" falls back where the machine lacks it, as the engine does. */
export function describeMachine(wanted: Numerics): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown processor",
    cores: cpus().length,
    memoryGib: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    v8: process.versions.v8,
    numerics: wanted === "fused" && relaxedSimdAvailable() ? "fused" : "portable",
  };
}

export function machineLine({ cpu, cores, memoryGib, node, v8, numerics }: Machine): string {
  return `${cpu}, ${cores} cores, ${memoryGib} GiB · Node ${node} (V8 ${v8}) · ${numerics} numerics`;
}
