/** The generated data set of the scale bench, packed, and its split. */
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { csrRow, csrSelectRows, type Csr } from "../../src/base/csr.js";
import type { Dataset, HeldOut } from "../../src/data/dataset.js";
import { packDataset, readPacked } from "../../src/data/packed-dataset.js";
import { holdOut } from "../../src/data/split-users.js";
import { Random } from "../../src/base/random.js";
import { generateWorld } from "../../src/data/world/world.js";
import { timed, type Report } from "./record.js";
import type { Scale } from "./settings.js";

const fileOf = ({ folder }: Scale): string => join(folder, "world.pack");
const seconds = ({ wall, processor }: { wall: number; processor: number }): string =>
  `${wall.toFixed(1)} s, processor ${processor.toFixed(1)} s`;

export async function makeWorld(scale: Scale): Promise<Report> {
  const { items, users, interactions, concepts, seed } = scale;
  const made = timed(() => generateWorld({
    items, users, meanInteractions: interactions / users, concepts, seed, activitySpread: 0.8,
    popularityExponent: 0.8, tagRate: 0.01,
  }).dataset);
  const peak = process.resourceUsage().maxRSS / 2 ** 20;
  await packDataset(fileOf(scale), made.result);
  const { size } = await stat(fileOf(scale));
  return [
    `${made.result.interactions.indices.length} interactions generated in ${seconds(made)}, ` +
    `peak ${peak.toFixed(2)} GiB`,
    `packed: ${(size / 2 ** 30).toFixed(2)} GiB`,
  ];
}

/** Also leaves the profiles that are asked for one at a time, so that who asks need not read the data. */
export async function readWorld(scale: Scale): Promise<Report> {
  const began = performance.now();
  const dataset = await openWorld(scale);
  const wall = (performance.now() - began) / 1000;
  const { interactions: { rows, cols, indices } } = dataset;
  const { input } = (await openSplit({ ...scale, share: 0 }, dataset)).test;
  const profiles = Array.from({ length: Math.min(ASKED, input.rows) }, (_, r) => [...csrRow(input, r)]);
  await writeFile(profilesFile(scale), JSON.stringify(profiles));
  return [`${rows} users, ${cols} items, ${indices.length} interactions read in ${wall.toFixed(1)} s`];
}

const profilesFile = ({ folder }: Scale): string => join(folder, "profiles.json");

/** Inputs of some test users. */
export async function readProfiles(scale: Scale): Promise<number[][]> {
  return JSON.parse(await readFile(profilesFile(scale), "utf8")) as number[][];
}

export const openWorld = (scale: Scale): Promise<Dataset> => readPacked(fileOf(scale));

export interface ScaleSplit {
  /** (U, I): a share of the users who are not held out. */
  readonly train: Csr;
  /** Users who are not held out. */
  readonly trainUsers: number;
  /** All interactions of some users, whose loss is watched. */
  readonly watched: Csr;
  /** Who the course of training is shown on. */
  readonly validation: HeldOut;
  readonly test: HeldOut;
}

/** Profiles that are asked for one at a time. */
const ASKED = 200;
const WATCHED = 1024;
const SHOWN = 512;
const TARGETS = 0.2;

/** The users of the first places of a shuffle are held out; a share of the others trains. */
export async function openSplit(scale: Scale, dataset?: Dataset): Promise<ScaleSplit> {
  const { interactions } = dataset ?? await openWorld(scale);
  const random = new Random(scale.seed);
  const order = random.shuffle(Int32Array.from({ length: interactions.rows }, (_, u) => u));
  const test = holdOut(interactions, order.slice(0, scale.test), TARGETS, random);
  const [from, to] = [scale.test + SHOWN, scale.test + SHOWN + WATCHED];
  const validation = holdOut(interactions, order.slice(scale.test, from), TARGETS, random);
  const trainUsers = order.length - to;
  const train = csrSelectRows(interactions, order.slice(to, to + Math.round(scale.share * trainUsers)));
  return { train, trainUsers, watched: csrSelectRows(interactions, order.slice(from, to)), validation, test };
}
