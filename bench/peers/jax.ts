/**
 * jax-js in the same process: JAX in JavaScript, which compiles what is traced to WebAssembly (SIMD, one thread under
 * Node). Every function here is under its `jit`, as its users have it.
 *
 * Work is done when a result is asked for, so that is part of the time: one copy of it, small beside the work.
 */
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import type * as Jax from "@jax-js/jax";
import type { PeerContender } from "./peer.js";

/** What is prepared before timing, outside of it. */
interface Prepared {
  /** The values of the result. */
  run(): ArrayLike<number>;
  close(): void;
}

export interface OpenedJax {
  readonly jax: typeof Jax;
  contender(what: string, prepare: () => Prepared): PeerContender;
}

export async function openJax(): Promise<OpenedJax> {
  // It asks what browser it is in; Node 20 has no such object.
  const page = globalThis as { navigator?: object };
  page.navigator ??= {};
  const main = createRequire(import.meta.url).resolve("@jax-js/jax").replace(/\.cjs$/, ".js");
  const jax = await import(pathToFileURL(main).href) as typeof Jax;
  await jax.init("wasm");
  jax.defaultDevice("wasm");
  return {
    jax,
    contender(what, prepare) {
      let prepared: Prepared | null = null;
      return {
        name: "jax-js",
        threads: 1,
        open: () => { prepared = prepare(); },
        run() {
          if (!prepared) throw new Error(`jax-js ${what} was not opened`);
          prepared.run();
        },
        close() {
          prepared?.close();
          prepared = null;
        },
        results(runs = 1) {
          const made = prepare();
          const values = Array.from({ length: runs }, () => made.run());
          made.close();
          return runs === 1 ? values[0] : values.flatMap((data) => Array.from(data));
        },
      };
    },
  };
}
