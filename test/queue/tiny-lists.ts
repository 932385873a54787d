/** Everybody's lists of a tiny model, which tests put into a queue. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writeDataset } from "../../src/data/write-dataset.js";
import { saveModel } from "../../src/model-folder/folder.js";
import { inTemporaryFolder } from "../pipeline/temporary-folder.js";
import { tinyModel, tinyWorld } from "../pipeline/tiny-model.js";
import { withRedis } from "./redis-at-hand.js";

const { dataset } = tinyWorld();
export const model = await tinyModel();

/** A folder with model and data, and a Redis server. */
export interface Place {
  readonly folder: string;
  readonly address: string;
  /** Of a `recommend --all` to this file. */
  readonly args: (out: string, ...more: string[]) => string[];
  /** What is in a file, "" when there is none. */
  readonly text: (name: string) => string;
}

export async function inPlace(use: (place: Place) => Promise<void>): Promise<void> {
  await inTemporaryFolder(async (folder) => {
    await writeDataset(join(folder, "data"), dataset);
    await saveModel(join(folder, "model"), model);
    const args = (out: string, ...more: string[]): string[] => [
      "recommend", "--model", join(folder, "model"), "--data", join(folder, "data"), "--all", "-n", "7",
      "--threads", "1", "--out", join(folder, out), ...more,
    ];
    const text = (name: string): string =>
      (existsSync(join(folder, name)) ? readFileSync(join(folder, name), "utf8") : "");
    await withRedis(folder, (address) => use({ folder, address, args, text }));
  });
}
