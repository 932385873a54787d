/** Writes docs/data.md from the tables in src/data: `npm run docs:data`. A test checks that it is up to date. */
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { dataPage } from "./data-page.js";

await writeFile(fileURLToPath(new URL("../../docs/data.md", import.meta.url)), dataPage());
