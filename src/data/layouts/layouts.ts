/** All layouts, the most special first: the first whose files are there, and look so, is taken. */
import { amazon2018 } from "./amazon.js";
import { bookcrossing } from "./bookcrossing.js";
import { goodbooks } from "./goodbooks.js";
import { jester } from "./jester.js";
import { lastfm360k, lastfmHetrec } from "./lastfm.js";
import type { Layout } from "./layout.js";
import { lists } from "./lists.js";
import { mind } from "./mind.js";
import { ml100k } from "./ml-100k.js";
import { movielens, movielensGenome } from "./movielens.js";
import { moviesDataset } from "./movies-dataset.js";
import { msd } from "./msd.js";
import { netflix } from "./netflix.js";
import { recbole } from "./recbole.js";
import { steam } from "./steam.js";
import { table } from "./table.js";

export const layouts = {
  bookcrossing,
  goodbooks,
  movielens,
  "movielens-genome": movielensGenome,
  "movies-dataset": moviesDataset,
  "ml-100k": ml100k,
  "lastfm-hetrec": lastfmHetrec,
  "lastfm-360k": lastfm360k,
  msd,
  netflix,
  mind,
  recbole,
  "steam-200k": steam,
  "amazon-2018": amazon2018,
  jester,
  lists,
  table,
} as const satisfies Readonly<Record<string, Layout>>;

/** Layouts of files that are known by name. */
export type LayoutName = keyof typeof layouts;

/** In the order in which they are tried. */
export const allLayouts: readonly Layout[] = Object.values(layouts);
