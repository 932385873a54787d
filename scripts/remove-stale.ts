/**
 * Removes what the compiler wrote for sources that are gone: `node dist/scripts/remove-stale.js`, after the compiler.
 * A package must not ship them, and no import may find one by mistake.
 */
import { existsSync, readdirSync, rmSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

const compiled = join(dirname(fileURLToPath(import.meta.url)), "..");
const root = dirname(compiled);

for (const folder of ["src", "scripts", "bench", "examples", "test"]) {
  const place = join(compiled, folder);
  for (const entry of readdirSync(place, { recursive: true, withFileTypes: true })) {
    const name = /^(.+?)(\.d\.ts|\.js)(\.map)?$/.exec(entry.name)?.[1];
    if (!entry.isFile() || name === undefined) continue;
    const source = join(root, relative(compiled, entry.parentPath).split(sep).join("/"), `${name}.ts`);
    if (!existsSync(source)) rmSync(join(entry.parentPath, entry.name));
  }
}
