/** The desk as it was bundled (scripts/bundle-web.ts): what a static site and the service's "/" are made of. */
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { UserError } from "../base/user-error.js";

/** Names of the files, the page first. */
export const deskFileNames = ["index.html", "desk.css", "desk.js", "worker.js"] as const;
export type DeskFiles = Readonly<Record<(typeof deskFileNames)[number], Buffer>>;

/**
 * Beside src in the compiler's output and in the package. Not `new URL("../../web/", import.meta.url)`, which bundlers
 * take for a module of that name.
 */
function webFolder(): string {
  return join(dirname(fileURLToPath(import.meta.url)), "..", "..", "web");
}

/** @throws UserError when they have not been built. */
export async function deskFiles(): Promise<DeskFiles> {
  const files = await Promise.all(deskFileNames.map(async (name): Promise<[string, Buffer]> => {
    const file = join(webFolder(), name);
    const bytes = await readFile(file).catch(() => {
      throw new UserError(`${file} is missing: run npm run build`);
    });
    return [name, bytes];
  }));
  return Object.fromEntries(files) as DeskFiles;
}
