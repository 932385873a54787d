/** Lists balanced in a request: filters, pages, knobs, newcomers; refused where the model lacks what it takes. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { UserError } from "../../src/base/user-error.js";
import { intraListDistance } from "../../src/evaluate/beyond-accuracy.js";
import { resolveConfig } from "../../src/models/resolve-config.js";
import { itemVectorsOf } from "../../src/model-folder/open-model.js";
import type { Model } from "../../src/model-folder/model.js";
import type { ListRequest } from "../../src/session/list-request.js";
import { openSession } from "../../src/session/open-session.js";
import type { Balance } from "../../src/steer/balance.js";
import { tinyConfig, tinyModel } from "../pipeline/tiny-model.js";

const model = await tinyModel();
const session = openSession(model, { threads: 1 });
const { ids, users } = model.items;
const likes = ["i1", "i2", "i3"];
const [tag] = model.tags!.names;

function refuses(act: () => unknown, pattern: RegExp): void {
  assert.throws(act, (error: unknown) => error instanceof UserError && pattern.test(error.message));
}

function close(got: number, expected: number): void {
  assert.ok(Math.abs(got - expected) < 1e-6, `${got} against ${expected}`);
}

test("every knob moves its own figure its own way, and the price is that of the two lists", () => {
  const plain = session.recommend(likes, 10);
  assert.is(plain.balance, undefined, "a price is there where balance was asked for");
  const asked: [Balance, (figures: { users: number; distance: number; calibration: number }) => number][] = [
    [{ popularity: -0.8 }, (f) => -f.users], [{ popularity: 0.8 }, (f) => f.users],
    [{ variety: 0.7 }, (f) => f.distance], [{ calibration: 0.9 }, (f) => -f.calibration],
  ];
  for (const [balance, better] of asked) {
    const { items, balance: price } = session.recommend(likes, { n: 10, balance });
    const figures = [price!.plain, price!.balanced] as { users: number; distance: number; calibration: number }[];
    assert.ok(better(figures[1]) > better(figures[0]), JSON.stringify(balance));
    const sum = (list: readonly { score: number }[]): number => list.reduce((total, { score }) => total + score, 0);
    close(price!.kept, sum(items) / sum(plain.items));
    const there = new Set(plain.items.map(({ id }) => id));
    close(price!.overlap, items.filter(({ id }) => there.has(id)).length / 10);
    const full = session.recommend(likes, ids.length).items.map(({ id }) => id);
    assert.equal(price!.places, items.map(({ id }) => full.indexOf(id) + 1));
    close(price!.balanced.users!, items.reduce((total, { item }) => total + users![item], 0) / 10);
    const { data, shape: [, D] } = itemVectorsOf(model);
    close(price!.balanced.distance!, intraListDistance(items.map(({ item }) => item), data, D));
  }
});

test("balance keeps to filters, and pages fit together", () => {
  const request: ListRequest = { only: { tags: [tag] }, balance: { popularity: -0.5, variety: 0.4, pool: 8 } };
  const all = session.recommend(likes, { ...request, n: 100 }).items;
  const allowed = session.recommend(likes, { only: { tags: [tag] }, n: 100 }).items.map(({ id }) => id);
  assert.equal(all.map(({ id }) => id).sort(), [...allowed].sort());
  assert.not.equal(all.map(({ id }) => id), allowed);
  assert.equal(all.slice(8).map(({ id }) => id), allowed.slice(8), "what lies behind the pool stays");
  const pages = [0, 5, 10].flatMap((offset) => session.recommend(likes, { ...request, n: 5, offset }).items);
  assert.equal(pages, all.slice(0, 15));
});

test("steered lists are balanced before and after, each with its price", () => {
  const request: ListRequest = { n: 8, balance: { popularity: -0.6 } };
  const knobs = [{ tag, strength: 0.4 }];
  const { before, after, balance, places } = session.steer(likes, knobs, request);
  const alone = session.recommend(likes, request);
  assert.equal([before, balance!.before], [alone.items, alone.balance]);
  const steered = session.steer(likes, knobs, { n: ids.length }).after.map(({ id }) => id);
  assert.equal(balance!.after.places, after.map(({ id }) => steered.indexOf(id) + 1));
  assert.is(places.length, 8);
  assert.is(session.steer(likes, knobs, 8).balance, undefined);
});

test("newcomers' popular items are balanced too, but for what needs a history", () => {
  const request: ListRequest = { n: 5, balance: { popularity: -1, calibration: 1, pool: 7 } };
  const { items, balance, popular } = session.recommend([], request);
  const best = ids.map((_, i) => i).sort((a, b) => users![b] - users![a] || a - b).slice(0, 7);
  assert.is(popular, true);
  const counts = items.map(({ score }) => score);
  assert.equal(counts, best.map((i) => users![i]).reverse().slice(0, 5));
  assert.is(balance!.balanced.calibration, null);
});

test("what cannot be balanced, or is no weight, is refused by name", async () => {
  const wrong: [unknown, RegExp][] = [
    [{ popularity: -2 }, /balance\.popularity must be a number from -1 to 1, got -2/],
    [{ variety: "much" }, /balance\.variety must be a number from 0 to 1, got "much"/],
    [{ calibration: NaN }, /balance\.calibration must be .*got null/], [{ pool: 0.5 }, /balance\.pool must be a whole number/],
    [{ serendipity: 1 }, /balance has popularity, variety, calibration, pool, got serendipity/],
  ];
  for (const [balance, pattern] of wrong) {
    refuses(() => session.recommend(likes, { balance: balance as Balance }), pattern);
  }
  const without = (change: Partial<Model>): typeof session =>
    openSession({ ...model, ...change }, { engine: session.engine });
  const untagged = without({ tags: null, concepts: [] });
  refuses(() => untagged.recommend(likes, { balance: { calibration: 0.1 } }), /no tags, which lists are calibrated by/);
  assert.is(untagged.recommend(likes, { balance: { variety: 0.5 } }).balance!.plain.calibration, null);
  const old = without({ items: { ids, titles: model.items.titles } });
  refuses(() => old.recommend(likes, { balance: { popularity: 0.1 } }), /how popular its items are/);
  const vae = { factors: 16, epochs: 2, batchSize: 64 };
  const other = openSession(
    await tinyModel({ config: resolveConfig({ ...tinyConfig, model: "multvae", multvae: vae }) }), { threads: 1 },
  );
  refuses(() => other.recommend(likes, { balance: { variety: 0.1 } }), /MultVAE has no item vectors/);
  assert.is(other.recommend(likes, { balance: { calibration: 0.5 } }).items.length, 10);
});

test.run();
