/**
 * The runner behind `npm test`: every test/**\/*.test.ts, each compiled file in a process of its own, two at a time.
 *
 * It is stricter than uvu alone. A file in which no test ran fails (a forgotten `test.run()` passes silently with uvu),
 * so does one whose `test.run()` is not the last line (later tests would never run), one that uses `test.only`, one
 * that was not compiled, and one whose process is still alive long after. The list comes from the sources: compiled
 * files of deleted tests are never run.
 *
 *   node dist/test/run.js [part of a file name …]
 */
import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const AT_ONCE = 2;
const TIMEOUT_MS = 180_000;

const compiled = new URL("./", import.meta.url);
const sources = new URL("../../test/", import.meta.url);

interface Outcome {
  passed: number;
  failed: number;
  skipped: number;
  /** Why the file failed, for a person; empty when it passed. */
  report: string;
}

function failure(report: string): Outcome {
  return { passed: 0, failed: 1, skipped: 0, report };
}

async function runFile(name: string): Promise<Outcome> {
  const source = readFileSync(new URL(name, sources), "utf8");
  if (!/\w\.run\(\);$/.test(source.trimEnd())) return failure("the last line must be test.run();");
  if (/\.only\(/.test(source)) return failure("test.only would leave the other tests out");
  const script = new URL(name.replace(/\.ts$/, ".js"), compiled);
  if (!existsSync(script)) return failure("not compiled: run npm run build");
  return outcome(await output(fileURLToPath(script)));
}

interface Ended {
  text: string;
  code: number | null;
  timedOut: boolean;
}

function output(script: string): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["--enable-source-maps", script], {
      stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: "0" },
    });
    let text = "";
    const collect = (chunk: Buffer): void => { text += chunk.toString(); };
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      child.kill("SIGKILL");
      // What the test started may live on and hold the pipes open: "close" would never come.
      child.stdout.destroy();
      child.stderr.destroy();
    }, TIMEOUT_MS);
    child.on("error", reject);
    child.on("close", (code) => {
      clearTimeout(timer);
      resolve({ text, code, timedOut });
    });
  });
}

/** Reads uvu's closing lines. */
function outcome({ text, code, timedOut }: Ended): Outcome {
  const count = (label: string): number => Number(new RegExp(`^ {2}${label}: +(\\d+)`, "m").exec(text)?.[1] ?? 0);
  const [total, passed, skipped] = [count("Total"), count("Passed"), count("Skipped")];
  let failed = total - passed;
  let report = failed > 0 ? text : "";
  const broken = (why: string): void => {
    failed = Math.max(failed, 1);
    report = `${text}\n${why}`;
  };
  if (timedOut) broken(`killed: still alive after ${TIMEOUT_MS / 1000} s`);
  else if (total === 0 && skipped === 0) broken(`no test was executed (exit code ${String(code)})`);
  else if (code !== 0 && failed === 0) broken(`all tests passed, but the process ended with exit code ${String(code)}`);
  return { passed, failed, skipped, report };
}

const filters = process.argv.slice(2);
const names = readdirSync(sources, { recursive: true, encoding: "utf8" })
  .map((name) => name.replaceAll("\\", "/"))
  .filter((name) => name.endsWith(".test.ts") && (filters.length === 0 || filters.some((part) => name.includes(part))))
  .sort();

const sum = { passed: 0, failed: 0, skipped: 0 };
const broken: string[] = [];
if (names.length === 0) {
  console.log(`no test file has ${filters.map((part) => `"${part}"`).join(" or ")} in its name`);
  sum.failed++;
}

let next = 0;
async function worker(): Promise<void> {
  while (next < names.length) {
    const name = names[next++];
    const began = performance.now();
    const { passed, failed, skipped, report } = await runFile(name);
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    const counts = `${passed} passed` + (failed ? `, ${failed} failed` : "") + (skipped ? `, ${skipped} skipped` : "");
    console.log(`${failed ? "FAIL" : "ok  "}  ${name.padEnd(44)}  ${seconds.padStart(5)} s   ${counts}`);
    if (report) console.log(`\n${report.trim()}\n`);
    if (failed) broken.push(name);
    sum.passed += passed;
    sum.failed += failed;
    sum.skipped += skipped;
  }
}
await Promise.all(Array.from({ length: AT_ONCE }, worker));

if (broken.length > 0) console.log(`\nfailed: ${broken.join(", ")}`);
console.log(`\n${sum.passed} passed, ${sum.failed} failed${sum.skipped ? `, ${sum.skipped} skipped` : ""}`);
process.exitCode = sum.failed > 0 ? 1 : 0;
