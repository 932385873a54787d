/** The bundles that scripts/bundle-web.ts made, for tests: `npm run build` makes them. */
import { existsSync, readFileSync } from "node:fs";

const web = new URL("../../web/", import.meta.url);

export function hasBundle(name: string): boolean {
  return existsSync(new URL(name, web));
}

export function bundle(name: string): Buffer {
  return readFileSync(new URL(name, web));
}
