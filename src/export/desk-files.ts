/** The desk as it was bundled (scripts/bundle-web.ts): what a static site and the service's "/" are made of. */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { UserError } from "../base/user-error.js";

/** Names of the files, the page first. */
export const deskFileNames = ["index.html", "desk.css", "desk.js", "worker.js"] as const;
export type DeskFiles = Readonly<Record<(typeof deskFileNames)[number], Buffer>>;

/** Beside src in the compiler's output and in the package. */
const web = new URL("../../web/", import.meta.url);

/** @throws UserError when they have not been built. */
export async function deskFiles(): Promise<DeskFiles> {
  const files = await Promise.all(deskFileNames.map(async (name): Promise<[string, Buffer]> => {
    const bytes = await readFile(new URL(name, web)).catch(() => {
      throw new UserError(`${fileURLToPath(new URL(name, web))} is missing: run npm run build`);
    });
    return [name, bytes];
  }));
  return Object.fromEntries(files) as DeskFiles;
}
