/** Split files: what is taken is a split of this data set that a training takes too. */
import fc from "fast-check";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkSplit } from "../../../src/data/check-dataset.js";
import { readSplit, writeSplit } from "../../../src/data/split-file.js";
import { splitDataset } from "../../../src/data/split-users.js";
import { byteChanges, changeBytes, changeJson, jsonChanges, type ByteChange, type JsonChange } from "../mutations.js";
import { sampleDataset } from "../samples.js";
import { judge, mustHold, type OpenSurface, type Surface } from "../surface.js";

interface Input {
  readonly json: readonly JsonChange[];
  readonly bytes: readonly ByteChange[];
}

const dataset = sampleDataset();
const ids = [...dataset.userIds.slice(0, 4), ...dataset.itemIds.slice(0, 4)];
const inputs: fc.Arbitrary<Input> = fc.record({
  json: fc.oneof({ weight: 4, arbitrary: jsonChanges([...ids, [ids[0], ids[0]]]) },
    { weight: 1, arbitrary: fc.constant([]) }),
  bytes: fc.oneof({ weight: 1, arbitrary: byteChanges }, { weight: 4, arbitrary: fc.constant([]) }),
});

async function open(): Promise<OpenSurface> {
  const folder = await mkdtemp(join(tmpdir(), "unknot-fuzz-"));
  const file = join(folder, "split.json");
  await writeSplit(file, splitDataset(dataset, { seed: 1 }), dataset, { seed: 1 });
  const json = JSON.parse(await readFile(file, "utf8")) as unknown;
  const written = (input: Input): Buffer => changeBytes(Buffer.from(changeJson(json, input.json)), input.bytes);
  const surface: OpenSurface<Input> = {
    inputs,
    async check(input) {
      await writeFile(file, written(input));
      return judge(async () => {
        const split = await readSplit(file, dataset);
        mustHold("it is refused by a training", () => checkSplit(split, dataset));
      });
    },
    show: (input) => `${JSON.stringify(input)}\n${written(input).toString()}`,
    close: () => rm(folder, { recursive: true }),
  };
  return surface;
}

export const splits: Surface = { name: "splits", about: "files of splits", round: 400, open };
