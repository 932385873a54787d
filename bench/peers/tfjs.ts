/**
 * TensorFlow.js in the same process: the pure JavaScript backend ("cpu") and XNNPACK in WebAssembly ("wasm", SIMD but
 * one thread under Node).
 *
 * Its kernels run when called; reading the result back is not part of the time, as it is not of ours.
 */
import { createRequire } from "node:module";
import { dirname, sep } from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import type { PeerContender } from "./peer.js";

export type Backend = "cpu" | "wasm";

/** What is prepared before timing, outside of it. */
interface Prepared {
  run(): tf.Tensor;
  close(): void;
}

export interface Tfjs {
  readonly tf: typeof tf;
  contender(what: string, prepare: () => Prepared): PeerContender;
}

export async function openTfjs(backend: Backend): Promise<Tfjs> {
  // Without its own checks, and without an advertisement on the console.
  tf.enableProdMode();
  if (backend === "cpu") {
    await import("@tensorflow/tfjs-backend-cpu");
  } else {
    const { setWasmPaths } = await import("@tensorflow/tfjs-backend-wasm");
    const main = createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm");
    setWasmPaths(dirname(main) + sep);
  }
  if (!await tf.setBackend(backend)) throw new Error(`tfjs has no backend ${backend} here`);
  await tf.ready();

  return {
    tf,
    contender(what, prepare) {
      let prepared: Prepared | null = null;
      return {
        name: `tfjs ${backend}`,
        threads: 1,
        open() {
          // The backend is a global of tfjs: whoever is timed sets it.
          if (tf.getBackend() !== backend) void tf.setBackend(backend);
          prepared = prepare();
        },
        run() {
          if (!prepared) throw new Error(`tfjs ${what} was not opened`);
          prepared.run().dispose();
        },
        close() {
          prepared?.close();
          prepared = null;
        },
        results(runs = 1) {
          const made = prepare();
          const values = Array.from({ length: runs }, () => {
            const tensor = made.run();
            const data = tensor.dataSync();
            tensor.dispose();
            return data;
          });
          made.close();
          return runs === 1 ? values[0] : values.flatMap((data) => [...data]);
        },
      };
    },
  };
}
