/**
 * A Python process with PyTorch in it, spoken to over its standard input and output (server.py says what is said).
 */
import { spawn, spawnSync, type ChildProcessByStdio } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";

const INSTALL =
  "On Debian and Ubuntu: apt-get install python3-torch libtcmalloc-minimal4 libopenblas0-openmp. " +
  "Another interpreter is named by the environment variable PYTHON.";

/** Settings for other processors or libraries, which would spoil the comparison. */
const FOREIGN = ["OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "OPENBLAS_NUM_THREADS", "OMP_WAIT_POLICY", "LD_PRELOAD"];

/** From dist/bench/torch back to the sources: TypeScript's compiler does not carry .py files along. */
const SERVER = fileURLToPath(new URL("../../../bench/torch/server.py", import.meta.url));

export type Arrays = Readonly<Record<string, { data: Float32Array | Int32Array; shape: readonly number[] }>>;

export interface Hello {
  torch: string;
  blas: string[];
  tcmalloc: boolean;
  vectors: string[];
}

/** The interpreter that has PyTorch. @throws with what to install when there is none. */
export function findPython(): string {
  const candidates = process.env.PYTHON === undefined ? ["/usr/bin/python3", "python3"] : [process.env.PYTHON];
  const found = candidates.find((python) => spawnSync(python, ["-c", "import torch"]).status === 0);
  if (found === undefined) throw new Error(`no Python with PyTorch found (tried ${candidates.join(", ")}). ${INSTALL}`);
  return found;
}

/** tcmalloc's library. @throws with what to install when it is absent. */
export function findTcmalloc(): string {
  for (const folder of ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib"]) {
    const files = existsSync(folder) ? readdirSync(folder) : [];
    const file = files.find((name) => /^libtcmalloc_minimal\.so\.\d+$/.test(name));
    if (file !== undefined) return join(folder, file);
  }
  throw new Error(`tuned PyTorch needs tcmalloc, which is not there. ${INSTALL}`);
}

export class Torch {
  private readonly replies: AsyncIterator<string>;

  private constructor(
    private readonly process: ChildProcessByStdio<Writable, Readable, null>, lines: Interface,
  ) {
    this.replies = lines[Symbol.asyncIterator]();
  }

  /** @param preload a library for LD_PRELOAD, or null. */
  static async open(python: string, threads: number, preload: string | null): Promise<{ torch: Torch; hello: Hello }> {
    const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !FOREIGN.includes(name)));
    const child = spawn(python, ["-u", SERVER], {
      stdio: ["pipe", "pipe", "inherit"],
      env: {
        ...environment, OMP_NUM_THREADS: String(threads), PYTHONDONTWRITEBYTECODE: "1",
        ...preload === null ? {} : { LD_PRELOAD: preload },
      },
    });
    const torch = new Torch(child, createInterface({ input: child.stdout }));
    const hello = await torch.reply() as Hello;
    return { torch, hello };
  }

  /** Makes a case in the process. The arrays are sent as they are. */
  async load(
    id: string, what: string, threads: number, sizes: Readonly<Record<string, number>>, arrays: Arrays,
  ): Promise<void> {
    const specs = Object.entries(arrays).map(([name, { data, shape }]) => ({
      name, shape, type: data instanceof Int32Array ? "i32" : "f32", bytes: data.byteLength,
    }));
    await this.send({ command: "load", id, what, threads, sizes, arrays: specs });
    for (const { data } of Object.values(arrays)) {
      await this.write(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    }
    await this.reply();
  }

  /** Milliseconds of each run and the value of the last. */
  async run(id: string, repeat: number): Promise<{ times: number[]; value: number }> {
    await this.send({ command: "run", id, repeat });
    return await this.reply() as { times: number[]; value: number };
  }

  async drop(id: string): Promise<void> {
    await this.send({ command: "drop", id });
    await this.reply();
  }

  close(): void {
    this.process.stdin.end();
  }

  private send(request: object): Promise<void> {
    return this.write(`${JSON.stringify(request)}\n`);
  }

  private write(bytes: string | Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      this.process.stdin.write(bytes, (error) => { if (error) reject(error); else resolve(); });
    });
  }

  private async reply(): Promise<unknown> {
    const { value, done } = await this.replies.next() as { value: string | undefined; done?: boolean };
    if (done === true || value === undefined) throw new Error("the PyTorch process ended; its message stands above");
    return JSON.parse(value);
  }
}
