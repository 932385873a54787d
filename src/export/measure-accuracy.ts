/**
 * What smaller numbers cost: the 20 best items of the exported model against those of the model as trained, profile by
 * profile; and nDCG@20 of either on the test users, as lists are shown, where the data is at hand.
 *
 * Profiles are test users where there are any, else made up: items drawn by popularity, half of them from one tag.
 */
import type { HeldOut } from "../data/dataset.js";
import type { Engine } from "../engine/engine.js";
import { evaluateRanking } from "../evaluate/evaluate.js";
import { csrRow } from "../base/csr.js";
import { Random } from "../base/random.js";
import { residualOf } from "../config/sae.js";
import { shownWith, type Model } from "../model-folder/model.js";
import { openNested } from "../model-folder/open-model.js";
import { Session } from "../session/session.js";
import type { WebAccuracy } from "../model-folder/web-model.js";

const PROFILES = 200;
const LENGTH = 20;
const MADE_UP_ITEMS = 12;

/** @param test held-out users of the model's data, items numbered as the model's; null when the data is not at hand. */
export function measureAccuracy(
  engine: Engine, trained: Model, exported: Model, test: HeldOut | null, seed: number,
): WebAccuracy {
  const profiles = test && test.users.length > 0
    ? sampleUsers(trained, test, new Random(seed)) : madeUp(trained, new Random(seed));
  const lists = (model: Model): Set<string>[] => engine.scope(() => {
    const session = new Session(model, engine);
    return profiles.map((profile) => new Set(session.recommend(profile, LENGTH).items.map(({ id }) => id)));
  });
  const [before, after] = [lists(trained), lists(exported)];
  const overlaps = before.map((list, i) => [...list].filter((id) => after[i].has(id)).length / list.size);
  return {
    profiles: profiles.length,
    overlap: overlaps.reduce((sum, overlap) => sum + overlap, 0) / overlaps.length,
    worstOverlap: Math.min(...overlaps),
    ndcg: test && test.users.length > 0
      ? { trained: ndcgOf(engine, trained, test), exported: ndcgOf(engine, exported, test), users: test.users.length }
      : null,
  };
}

function ndcgOf(engine: Engine, model: Model, test: HeldOut): number {
  return engine.scope(() => {
    const nested = openNested(engine, model);
    return evaluateRanking(engine, shownWith(residualOf(model)) === "cfae" ? nested.cfae : nested, test).ndcg.mean;
  });
}

function sampleUsers({ items }: Model, { users, input }: HeldOut, random: Random): string[][] {
  const order = random.shuffle(Int32Array.from(users.keys())).subarray(0, PROFILES);
  return Array.from(order, (row) => Array.from(csrRow(input, row), (item) => items.ids[item]))
    .filter((profile) => profile.length > 0);
}

function madeUp({ items, tags }: Model, random: Random): string[][] {
  const all = Int32Array.from(items.ids.keys());
  return Array.from({ length: PROFILES }, () => {
    const near = tags ? csrRow(tags.counts, random.below(tags.names.length)) : all;
    const chosen = new Set<number>();
    for (let i = 0; i < MADE_UP_ITEMS; i++) {
      chosen.add(popular(i < MADE_UP_ITEMS / 2 && near.length > 0 ? near : all, items.users, random));
    }
    return [...chosen].map((item) => items.ids[item]);
  });
}

/** The most popular of a few drawn ones: leans to popular items without tables of cumulated counts. */
function popular(from: Int32Array, users: readonly number[] | undefined, random: Random): number {
  let best = from[random.below(from.length)];
  for (let i = 0; i < 3; i++) {
    const other = from[random.below(from.length)];
    if ((users?.[other] ?? 0) > (users?.[best] ?? 0)) best = other;
  }
  return best;
}
