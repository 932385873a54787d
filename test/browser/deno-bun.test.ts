/**
 * The browser bundle in Deno and Bun: the same lists as in Node. They are looked for in node_modules/.bin and on the
 * PATH (the npm packages `deno` and `bun` will do); the test of one that is not there is skipped aloud.
 */
import { spawnSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { openSession } from "../../src/session/open-session.js";
import { encodeWebModel } from "../../src/model-folder/web-model.js";
import { inTemporaryFolder } from "../pipeline/temporary-folder.js";
import { tinyModel } from "../pipeline/tiny-model.js";

const library = new URL("../../web/unknot-browser.js", import.meta.url).href;
const bin = fileURLToPath(new URL("../../../node_modules/.bin/", import.meta.url));

/** A program that prints a list and which kernels made it. */
const program = `
import { readFileSync } from "node:fs";
import { loadWebModel, openBrowserEngine, Session } from ${JSON.stringify(library)};
const tensors = readFileSync("weights.safetensors");
const { model, itemCodes } = await loadWebModel({
  description: readFileSync("unknot-web.json", "utf8"),
  tensors: tensors.buffer.slice(tensors.byteOffset, tensors.byteOffset + tensors.length),
});
const answers = ["auto", "plain"].map((kernels) => {
  const engine = openBrowserEngine({ bytes: 2 ** 26, kernels, numerics: "portable" });
  const session = new Session(model, engine, { itemCodes });
  return [session.engine.numerics, session.steer(["i1", "i2"], [{ neuron: 1, strength: 0.4 }], 20).after];
});
console.log(JSON.stringify(answers));
`;

const runtimes = [
  { name: "deno", args: ["run", "--allow-read", "--no-prompt"] },
  { name: "bun", args: ["run"] },
];

for (const { name, args } of runtimes) {
  const command = [join(bin, name), name].find((place) => spawnSync(place, ["--version"]).status === 0);
  if (command === undefined) console.log(`skipped: no ${name} here`);
  (command === undefined ? test.skip : test)(`${name} gives the same lists`, () => inTemporaryFolder(async (folder) => {
    const model = await tinyModel();
    const local = openSession(model, { threads: 1, numerics: "portable" });
    const files = await encodeWebModel(model, local.itemCodes, { precision: "f32" });
    await writeFile(join(folder, "unknot-web.json"), files.description);
    await writeFile(join(folder, "weights.safetensors"), Buffer.concat(files.tensors));
    await writeFile(join(folder, "list.mjs"), program);
    const { stdout, stderr, status } = spawnSync(command!, [...args, "list.mjs"], { cwd: folder, encoding: "utf8" });
    assert.is(status, 0, stderr);
    const [simd, plain] = JSON.parse(stdout) as [string, { id: string; score: number }[]][];
    const expected = local.steer(["i1", "i2"], [{ neuron: 1, strength: 0.4 }], 20).after;
    assert.is(simd[0], "portable");
    assert.equal(simd[1], expected);
    assert.equal(plain[1].map(({ id }) => id), expected.map(({ id }) => id));
  }));
}

test.run();
