/** Programs that the package starts by itself are where its bundled files look for them. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { saveModel } from "../../src/model-folder/folder.js";
import { tinyModel } from "../pipeline/tiny-model.js";
import { withPackedProject, type Project } from "./packed.js";

const COMMAND = "node_modules/unknot/dist/lib/node/main.js";
const THREADS = `
import { loadModel, openSession } from "unknot";
process.on("warning", (warning) => { throw warning; });
const session = openSession(await loadModel("model"), { threads: 2 });
await session.engine.ready();
console.log(session.engine.threads);
session.close();
`;
const GRID = {
  name: "packed", preset: "faithful", seeds: [1], cfaes: [{ model: "elsa", factors: 8, epochs: 1, batchSize: 64 }],
  saes: [{ kind: "topk", k: 2, expansion: 2, epochs: 1, batchSize: 64 }],
};

/** Starts the service, loads its model anew and says what it answered. */
async function reloaded({ folder }: Project): Promise<number> {
  const child = spawn(process.execPath, [COMMAND, "serve", "model", "--port", "0"], { cwd: folder });
  try {
    const [line] = await once(createInterface(child.stdout), "line") as [string];
    const { status } = await fetch(`${/http:\S+/.exec(line)![0].replace(/\/$/, "")}/admin/reload`, { method: "POST" });
    return status;
  } finally {
    child.kill("SIGTERM");
    await once(child, "close");
  }
}

test("helper threads, a sweep's processes and the thread that loads a model start", () =>
  withPackedProject(async (project) => {
    const { folder, run, write } = project;
    await saveModel(join(folder, "model"), await tinyModel());
    write("threads.js", THREADS);
    assert.is(run("threads.js").trim(), "2");
    write("grid.json", JSON.stringify(GRID));
    const said = run(
      COMMAND, "sweep", "grid.json", "--world", "tiny", "--threads", "1", "--processes", "2", "--out", "results.jsonl",
      "--json",
    );
    assert.not.match(said, /"error"/);
    assert.is(await reloaded(project), 200);
  }));

test.run();
