/**
 * Packages that only some inputs need (Parquet, PostgreSQL): not installed with unknot, loaded when such an input is
 * given, and asked for by name when they are not there.
 */
import { readFileSync } from "node:fs";
import { UserError } from "../base/user-error.js";

interface Manifest {
  readonly peerDependencies: Readonly<Record<string, string>>;
}

/**
 * @param T what of the package is used.
 * @throws UserError with the command that installs it.
 */
export async function optionalPackage<T>(name: string, what: string): Promise<T> {
  try {
    return await import(name) as T;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== "ERR_MODULE_NOT_FOUND" && code !== "MODULE_NOT_FOUND") throw error;
    throw new UserError(`${what} needs the package ${name}, which is not installed with unknot: run ` +
      `npm install ${name}@${versionOf(name)}`);
  }
}

/** The version that unknot is tested with. */
function versionOf(name: string): string {
  const manifest = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8")) as Manifest;
  return manifest.peerDependencies[name];
}
