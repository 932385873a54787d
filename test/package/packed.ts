/** The package as a user gets it: packed, and unpacked beside its runtime dependencies in a project of its own. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { repository } from "../support/repository-text.js";

/** What unknot needs at run time, and what a TypeScript project for Node has of its own. */
const LINKED = [
  "commander", "ndarray", "iota-array", "is-buffer", "piscina", "typescript", "@types/node", "undici-types",
];

export interface Project {
  readonly folder: string;
  /** Paths in the package. */
  readonly files: readonly string[];
  /** Runs a program of node_modules, or node itself, and returns what it printed. @throws when it fails */
  run(...args: string[]): string;
  write(name: string, content: string): void;
}

/** Runs `use` in a project that has the packed package installed; it is gone afterwards. */
export async function withPackedProject(use: (project: Project) => void | Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "unknot-packed-"));
  try {
    const packed = execute("npm", ["pack", "--ignore-scripts", "--json", "--pack-destination", folder], repository);
    const [{ filename, files }] = JSON.parse(packed) as { filename: string; files: { path: string }[] }[];
    execute("tar", ["xzf", filename], folder);
    mkdirSync(join(folder, "node_modules", "@types"), { recursive: true });
    renameSync(join(folder, "package"), join(folder, "node_modules", "unknot"));
    for (const name of LINKED) symlinkSync(join(repository, "node_modules", name), join(folder, "node_modules", name));
    const write = (name: string, content: string): void => writeFileSync(join(folder, name), content);
    write("package.json", JSON.stringify({ type: "module" }));
    await use({
      folder, files: files.map(({ path }) => path), write,
      run: (...args) => execute(process.execPath, args, folder),
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function execute(program: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd, encoding: "utf8", maxBuffer: 2 ** 26 });
  if (status !== 0) {
    throw new Error(`${program} ${args.join(" ")} ended with ${status ?? error?.message}\n${stdout}${stderr}`);
  }
  return stdout;
}
