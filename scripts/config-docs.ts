/** Writes docs/config.md from the tables in src/config: `npm run docs:config`. A test checks that it is up to date. */
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { configPage } from "./config-page.js";

await writeFile(fileURLToPath(new URL("../../docs/config.md", import.meta.url)), configPage());
