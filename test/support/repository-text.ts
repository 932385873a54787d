/** The repository's own text files, for tests of what one file says about another. */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** The compiled file lies in dist/test/support. */
export const repository = fileURLToPath(new URL("../../../", import.meta.url));

const FOLDERS = ["src", "test", "bench", "scripts", "examples", "docs", "grids"];
const TEXT = /\.(ts|js|cjs|mjs|py|md|json|css|html|sh|yml)$/;

/** Text by path from the repository's root, with "/" between folders. Goldens and the lock file are left out. */
export function repositoryText(): Map<string, string> {
  const found = new Map<string, string>();
  const add = (path: string): void => {
    found.set(relative(repository, path).split(sep).join("/"), readFileSync(path, "utf8"));
  };
  for (const folder of FOLDERS) {
    for (const entry of readdirSync(join(repository, folder), { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (entry.isFile() && TEXT.test(entry.name) && !path.includes(`${sep}goldens${sep}`)) add(path);
    }
  }
  for (const entry of readdirSync(repository, { withFileTypes: true })) {
    if (entry.isFile() && TEXT.test(entry.name) && entry.name !== "package-lock.json") {
      add(join(repository, entry.name));
    }
  }
  return found;
}
