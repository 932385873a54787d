/** A program that uses the root bundles as it is, for Node: one file that loads a model and recommends. */
import { spawnSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { saveModel } from "../../src/model-folder/folder.js";
import { openSession } from "../../src/session/open-session.js";
import { inTemporaryFolder } from "../pipeline/temporary-folder.js";
import { tinyModel } from "../pipeline/tiny-model.js";
import { repository } from "../support/repository-text.js";

const PROGRAM = `
import { loadModel, openSession } from "unknot";
const session = openSession(await loadModel(process.argv[2]), { threads: 1, numerics: "portable" });
console.log(JSON.stringify(session.recommend([process.argv[3]], 5).items.map(({ id }) => id)));
session.close();
`;

test("a bundle of the root recommends", () => inTemporaryFolder(async (folder) => {
  const model = await tinyModel();
  await saveModel(join(folder, "model"), model);
  const { outputFiles, warnings } = await build({
    stdin: { contents: PROGRAM, resolveDir: repository }, bundle: true, platform: "node", format: "esm", write: false,
    // Read by the data readers only, when they are asked for.
    external: ["pg", "hyparquet"], logLevel: "silent",
  });
  assert.equal(warnings, []);
  const bundle = join(folder, "program.mjs");
  await writeFile(bundle, outputFiles[0].contents);
  const id = model.items.ids[3];
  const { stdout, stderr } = spawnSync(process.execPath, [bundle, join(folder, "model"), id], { encoding: "utf8" });
  const session = openSession(model, { threads: 1, numerics: "portable" });
  assert.equal(JSON.parse(stdout || "null"), session.recommend([id], 5).items.map((item) => item.id), stderr);
  session.close();
}));

test.run();
