/** Model files as others see them: a Python program with numpy alone reads them and comes to the same scores. */
import { spawnSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Tape } from "../../src/autograd/index.js";
import { openEngine } from "../../src/engine/open.js";
import { csrFromLists } from "../../src/base/csr.js";
import { NestedRecommender } from "../../src/models/nested.js";
import type { Recommender } from "../../src/models/recommenders/recommender.js";
import { openCfae } from "../../src/model-folder/open-model.js";
import { loadModel, saveModel } from "../../src/model-folder/folder.js";
import { presets } from "../../src/config/presets.js";
import type { SaeConfig } from "../../src/config/sae.js";
import { openSae } from "../../src/models/sae/registry.js";
import { assertClose } from "../support/assert-close.js";
import { inTemporaryFolder } from "../pipeline/temporary-folder.js";
import { tinyConfig, tinyModel } from "../pipeline/tiny-model.js";

const READER = fileURLToPath(new URL("../../../test/model-folder/python/read_model.py", import.meta.url));
const USERS = [[3, 17, 40, 41, 99], [0], [5, 6, 7, 8, 9, 10, 11, 12, 119]];
const numpy = spawnSync("python3", ["-c", "import numpy"]).status === 0;

interface PythonScores {
  names: string[];
  plain: number[][];
  nested: number[][];
  sums: Record<string, number>;
}

/** The tiny model's configuration with another recommender or SAE. */
function configOf(model: string, kind: SaeConfig["kind"]): typeof tinyConfig {
  const small = { factors: 16, hidden: 24, epochs: 4, batchSize: 64 };
  return {
    ...tinyConfig, model, multvae: { ...presets.paper.multvae, ...small }, sae: { ...tinyConfig.sae, kind, epochs: 4 },
  };
}

const CASES: [string, SaeConfig["kind"]][] = [
  ["elsa", "topk"], ["elsa", "basic"], ["elsa", "batch-topk"], ["elsa", "jumprelu"], ["elsa", "matryoshka"],
  ["multvae", "topk"], ["multdae", "basic"],
];

for (const [name, kind] of CASES) {
  test(`${name} with a ${kind} SAE: saved, loaded, the same model`, () => inTemporaryFolder(async (folder) => {
    const model = await tinyModel({ config: configOf(name, kind) });
    await saveModel(join(folder, "m"), model);
    assert.equal(await loadModel(join(folder, "m")), model);
  }));
}

test("another program reads the file and comes to the same scores", () => inTemporaryFolder(async (folder) => {
  if (!numpy) {
    console.log("  skipped: there is no python3 with numpy here");
    return;
  }
  const users = join(folder, "users.json");
  await writeFile(users, JSON.stringify(USERS));
  for (const [name, kind] of CASES) {
    const model = await tinyModel({ config: configOf(name, kind) });
    const place = join(folder, `${name}-${kind}`);
    await saveModel(place, model);
    const { status, stdout, stderr } = spawnSync("python3", [READER, place, users], { encoding: "utf8" });
    assert.is(status, 0, stderr);
    const theirs = JSON.parse(stdout) as PythonScores;
    const sae = ["decoder_b", "decoder_w", "encoder_b", "encoder_w"];
    const threshold = kind === "batch-topk" ? ["threshold"] : kind === "jumprelu" ? ["log_threshold"] : [];
    assert.equal(theirs.names, [...Object.keys(model.cfae), ...sae, ...threshold].sort());
    for (const [tensor, { data }] of Object.entries(model.cfae)) {
      const sum = data.reduce((total, value) => total + value, 0);
      assertClose([theirs.sums[tensor]], [sum], { relative: 1e-5, absolute: 1e-4 });
    }
    const engine = openEngine({ threads: 1, memoryBytes: 2 ** 26 });
    const cfae = openCfae(engine, model.config, model.cfae);
    const nested = new NestedRecommender(cfae, openSae(engine, model.config.sae, model.sae, model.shape));
    const scores = (of: Recommender): number[] => {
      const tape = new Tape(engine, false);
      return Array.from(of.scores(tape, tape.sparseInput(csrFromLists(USERS, cfae.items))).data);
    };
    assertClose(scores(cfae), theirs.plain.flat(), { relative: 1e-4, absolute: 1e-5 });
    assertClose(scores(nested), theirs.nested.flat(), { relative: 1e-4, absolute: 1e-5 });
  }
}));

test.run();
