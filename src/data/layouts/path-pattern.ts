/** Several files as one text: "part-*.csv", "logs/2014-??.csv.gz", "a.csv,b.csv". */
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { UserError } from "../../base/user-error.js";
import { codeOf, whyNot } from "../../files/io-error.js";
import type { FilePlace } from "../../files/source/byte-source.js";

export function isPattern(text: string): boolean {
  return /[*?,]/.test(text);
}

/**
 * The files of a pattern (* and ? in the last part of the path) or of a list, in the order of their names.
 * @throws UserError when one is not there, or nothing matches.
 */
export async function expandPattern(text: string): Promise<FilePlace[]> {
  const wrong: unknown = await stat(text).then(() => null, (error: unknown) => error);
  if (wrong === null) return [{ path: text }];
  if (!isPattern(text)) {
    throw new UserError(`${text}: ${codeOf(wrong) === "ENOENT" ? "no such folder" : whyNot(wrong)}`);
  }
  const places: FilePlace[] = [];
  for (const one of text.split(",")) places.push(...(await matching(one.trim())).map((path) => ({ path })));
  return places;
}

async function matching(pattern: string): Promise<string[]> {
  if (!/[*?]/.test(pattern)) {
    if (!(await stat(pattern).catch(() => null))) throw new UserError(`${pattern}: no such file`);
    return [pattern];
  }
  const folder = dirname(pattern);
  const names = await readdir(folder).catch(() => {
    throw new UserError(`${folder}: no such folder`);
  });
  const escaped = basename(pattern).replace(/[.+^${}()|[\]\\]/g, "\\$&").replace(/\*/g, ".*").replace(/\?/g, ".");
  const test = new RegExp(`^${escaped}$`);
  const found = names.filter((name) => test.test(name) && !name.startsWith(".")).sort();
  if (found.length > 0) return found.map((name) => join(folder, name));
  throw new UserError(`${pattern}: no file matches; ${folder} has ${names.sort().slice(0, 8).join(", ")}`);
}
