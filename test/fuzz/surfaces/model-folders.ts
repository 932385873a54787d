/**
 * Model folders that somebody else wrote: the description and the tensors, with and without a checksum that fits. What
 * is loaded answers questions with finite numbers, and can be saved again.
 */
import fc from "fast-check";
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openEngine } from "../../../src/engine/open.js";
import type { Engine } from "../../../src/engine/engine.js";
import { describeModel } from "../../../src/model-folder/format.js";
import { loadModel, saveModel } from "../../../src/model-folder/folder.js";
import type { Model } from "../../../src/model-folder/model.js";
import { openSession } from "../../../src/session/open-session.js";
import { byteChanges, changeBytes, changeJson, jsonChanges, type ByteChange, type JsonChange } from "../mutations.js";
import { sampleModels } from "../samples.js";
import { demand, judge, mustHold, type OpenSurface, type Surface } from "../surface.js";

interface Input {
  readonly model: number;
  readonly json: readonly JsonChange[];
  readonly text: readonly ByteChange[];
  readonly tensors: readonly ByteChange[];
  /** Whether the description is made to name the tensors' real size and checksum. */
  readonly signed: boolean;
}

interface Sample {
  readonly json: { tensors: unknown } & Record<string, unknown>;
  readonly tensors: Buffer;
}

const inputs: fc.Arbitrary<Input> = fc.record({
  model: fc.nat(2),
  json: fc.oneof({ weight: 4, arbitrary: jsonChanges(["elsa", "multvae", "topk", "jumprelu", "batch-topk", "fused"]) },
    { weight: 1, arbitrary: fc.constant([]) }),
  text: fc.oneof({ weight: 1, arbitrary: byteChanges }, { weight: 5, arbitrary: fc.constant([]) }),
  tensors: fc.oneof({ weight: 1, arbitrary: byteChanges }, { weight: 2, arbitrary: fc.constant([]) }),
  signed: fc.boolean(),
});

async function open(): Promise<OpenSurface> {
  const folder = await mkdtemp(join(tmpdir(), "unknot-fuzz-"));
  const samples: Sample[] = [];
  for (const model of await sampleModels()) {
    await saveModel(folder, model);
    samples.push({
      json: JSON.parse(await readFile(join(folder, "unknot.json"), "utf8")) as Sample["json"],
      tensors: await readFile(join(folder, "model.safetensors")),
    });
  }
  const engine = openEngine({ threads: 1, kernels: "plain", memoryBytes: 2 ** 26 });
  const check = async (input: Input): ReturnType<typeof judge> => {
    const [text, tensors] = written(samples[input.model], input);
    await writeFile(join(folder, "unknot.json"), text);
    await writeFile(join(folder, "model.safetensors"), tensors);
    return judge(async () => use(await loadModel(folder), engine));
  };
  const surface: OpenSurface<Input> = {
    inputs, check, show: (input) => `${JSON.stringify(input)}\n${written(samples[input.model], input)[0].toString()}`,
    close: () => rm(folder, { recursive: true }),
  };
  return surface;
}

function written(sample: Sample, input: Input): [text: Buffer, tensors: Buffer] {
  const tensors = changeBytes(sample.tensors, input.tensors);
  const sha256 = createHash("sha256").update(tensors).digest("hex");
  const signed = { ...sample.json, tensors: { file: "model.safetensors", bytes: tensors.length, sha256 } };
  const text = changeJson(input.signed ? signed : sample.json, input.json);
  return [changeBytes(Buffer.from(text), input.text), tensors];
}

/** A session on the model is asked a little of everything; what it took from the engine's heap is given back. */
function use(model: Model, engine: Engine): void {
  mustHold("it cannot be described", () => describeModel({}, model));
  engine.scope(() => {
    const session = mustHold("no session opens on it", () => openSession(model, { engine }));
    mustHold("it does not answer", () => {
      const likes = [model.items.ids[0], model.items.ids[model.items.ids.length - 1]];
      demand(session.recommend(likes, 5).items.every(({ score }) => Number.isFinite(score)), "a score is not finite");
      session.summary();
      session.inspectNeuron(0, 3);
      session.inspectUser(likes, 3);
      if (model.tags && model.tags.names.length > 0) session.inspectTag(model.tags.names[0], 3);
      session.concepts();
    });
  });
}

export const modelFolders: Surface = { name: "model-folders", about: "model folders", round: 200, open };
