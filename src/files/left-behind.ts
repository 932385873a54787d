/** What killed processes left: files whose names hold the process' number. Those of living ones go by themselves. */
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { codeOf } from "./io-error.js";

/** Removes the files of a folder that are called `begin`, a number that no process has, and one of the ends. */
export async function removeLeftBehind(folder: string, begin: string, ends: readonly string[]): Promise<void> {
  const names: string[] = await readdir(folder).catch(() => []);
  for (const name of names.filter((one) => one.startsWith(begin))) {
    const [, digits, end] = /^(\d*)(.*)$/s.exec(name.slice(begin.length))!;
    if (digits === "" || !ends.includes(end) || processExists(Number(digits))) continue;
    await rm(join(folder, name), { force: true });
  }
}

export function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (codeOf(error) === "ESRCH") return false;
  }
  return true;
}
