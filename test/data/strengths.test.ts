/** Weights, half-lives and splits by time: closed forms, and what is refused. */
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { csrRow } from "../../src/base/csr.js";
import type { Dataset } from "../../src/data/dataset.js";
import { timeOf } from "../../src/data/columns/time-cell.js";
import { readDataset, type ReadOptions } from "../../src/data/read-dataset.js";
import { fingerprints, inOrder } from "../../src/data/row-order.js";
import { splitByTime } from "../../src/data/split-time.js";
import { splitDataset } from "../../src/data/split-users.js";
import { assertClose } from "../support/assert-close.js";
import { messageOf, withFolder } from "./temporary-folder.js";

const read = (text: string, options?: ReadOptions): Promise<Dataset> =>
  withFolder({ "interactions.csv": text }, (folder) => readDataset(folder, { minUserInteractions: 1, ...options }));

/** "user item": strength. */
function strengths(d: Dataset): Record<string, number> {
  const { interactions: x } = d;
  return Object.fromEntries(d.userIds.flatMap((user, u) =>
    Array.from(csrRow(x, u), (i, n) => [`${user} ${d.itemIds[i]}`, d.strengths![x.indptr[u] + n]])));
}

const plays = "user,item,plays\na,x,3\na,y,1\nb,x,7\na,x,1\nb,y,1\n";
const columns = { weight: "plays" };

test("weights of a pair's rows add up, then log or as they are, then of mean 1", async () => {
  const sums = { "a x": 4, "a y": 1, "b x": 7, "b y": 1 };
  for (const [weight, f] of [["linear", (w: number) => w], ["log", Math.log1p]] as const) {
    const got = strengths(await read(plays, { weight, columns }));
    const mean = Object.values(sums).reduce((sum, w) => sum + f(w), 0) / 4;
    for (const [pair, w] of Object.entries(sums)) assertClose(got[pair], f(w) / mean, { absolute: 1e-6 });
  }
  const none = await read(plays, { weight: "none", columns });
  const byName = strengths(await read(plays, { weight: "log" }));
  assert.equal(byName, strengths(await read(plays, { weight: "log", columns })));
  assert.is(none.strengths, undefined);
  const logs = await read(plays, { weight: "log", columns });
  assert.equal([...none.interactions.indices], [...logs.interactions.indices]);
});

test("a half-life halves: the latest row of a pair counts", async () => {
  const day = (n: number): string => new Date(Date.UTC(2024, 0, 1 + n)).toISOString();
  const text = `user,item,timestamp\na,x,${day(0)}\na,y,${day(10)}\na,x,${day(20)}\nb,y,${day(0)}\n`;
  const got = strengths(await read(text, { halfLife: 10 }));
  const raw = { "a x": 1, "a y": 0.5, "b y": 0.25 };
  const mean = 1.75 / 3;
  for (const [pair, s] of Object.entries(raw)) assertClose(got[pair], s / mean, { absolute: 1e-6 });
});

test("times as people write them", () => {
  const second = Date.UTC(2014, 4, 6, 7, 8, 9) / 1000;
  for (const text of [
    "2014-05-06T07:08:09Z", "2014-05-06 07:08:09", "2014-5-6 7:08:09", "2014-05-06T09:08:09+02:00",
    "5/6/2014 7:08:09 AM", "2014-05-06 07:08:09 UTC", "2014-05-06 07:08:09+00", String(second), String(second * 1000),
  ]) assert.is(timeOf(text), second, text);
  assert.is(timeOf("2014-05-06"), Date.UTC(2014, 4, 6) / 1000);
  assert.is(timeOf("20140506"), Date.UTC(2014, 4, 6) / 1000);
  assert.is(timeOf("12/31/2014 11:00 PM"), Date.UTC(2014, 11, 31, 23) / 1000);
  for (const text of ["", "yesterday", "2014-13-01", "7", "2014-05-06T25:00:00Z"]) {
    assert.ok(Number.isNaN(timeOf(text)), text);
  }
  fc.assert(fc.property(fc.date({ min: new Date(2e11), max: new Date(4e12), noInvalidDate: true }), (date) => {
    assertClose(timeOf(date.toISOString()), date.getTime() / 1000, { absolute: 1e-3 });
  }));
});

/** Users 0 … 19, each with items at times of their own; everything later than everything earlier. */
const events = Array.from({ length: 400 }, (_, n) => `u${n % 20},i${(n * 7) % 50},${1.5e9 + n}`);
const timed = `user,item,timestamp\n${events.join("\n")}\n`;

test("split by time: input is the past, target the future, and nothing is lost", async () => {
  const dataset = await read(timed, { times: true, halfLife: 1, minUserInteractions: 1 });
  const { times, interactions: x } = dataset;
  const split = splitByTime(dataset);
  const timeOfEntry = (user: number, item: number): number => times![x.indptr[user] + csrRow(x, user).indexOf(item)];
  const bounds = (users: Int32Array, part: typeof x): [number, number] => {
    const all = Array.from(users).flatMap((user, r) => Array.from(csrRow(part, r), (item) => timeOfEntry(user, item)));
    return [Math.min(...all), Math.max(...all)];
  };
  const [, trainEnd] = bounds(split.trainUsers, split.train);
  const [validationBegin, validationEnd] = bounds(split.validation.users, split.validation.target);
  const [testBegin] = bounds(split.test.users, split.test.target);
  assert.ok(trainEnd < validationBegin && validationEnd < testBegin);
  assert.ok(bounds(split.validation.users, split.validation.input)[1] <= trainEnd);
  assert.ok(bounds(split.test.users, split.test.input)[1] < testBegin);
  assert.is(split.strengths!.length, split.train.indices.length);
  assert.is(split.train.values, null);
  const kept = split.train.indices.length + split.validation.target.indices.length + split.test.target.indices.length;
  assert.is(kept, x.indices.length, "everybody comes back in each part here");
});

test("strengths follow their users through a split, and through another order of rows", async () => {
  const lines = timed.trim().split("\n");
  const dataset = await read(timed, { halfLife: 0.001 });
  const split = splitDataset(dataset, { seed: 1 });
  const [first] = split.trainUsers;
  const { indptr } = dataset.interactions;
  const own = dataset.strengths!.subarray(indptr[first], indptr[first + 1]);
  assert.equal([...split.strengths!.subarray(0, split.train.indptr[1])], [...own]);
  const reversed = await read([lines[0], ...lines.slice(1).reverse()].join("\n"), { halfLife: 0.001, times: true });
  const again = inOrder(reversed, { itemIds: dataset.itemIds, users: fingerprints(dataset.userIds) });
  assert.equal([...again.interactions.indices], [...dataset.interactions.indices]);
  again.strengths!.forEach((s, q) => assertClose(s, dataset.strengths![q], { absolute: 1e-6 }));
});

const refused: { what: string; text: string; options?: ReadOptions; message: RegExp }[] = [
  {
    what: "no times", text: "user,item\na,x\n", options: { halfLife: 3 },
    message: /no column is the time.*--column timestamp=NAME/,
  },
  {
    what: "a time that is none", text: "user,item,timestamp\na,x,soon\n", options: { halfLife: 3 },
    message: /:2: the time is "soon"/,
  },
  {
    what: "a negative weight", text: "user,item,plays\na,x,-1\n", options: { weight: "log", columns },
    message: /:2: the weight is -1/,
  },
  {
    what: "weights that nobody has found", text: "user,item,minutes\na,x,1\n", options: { weight: "log" },
    message: /--weight was given, but no column says .*: is it 3 "minutes" \(1\)\? Say --column weight=NAME/,
  },
  {
    what: "a column of weights that nothing is made of", text: plays, options: { columns },
    message: /say --weight linear or --weight log/,
  },
  {
    what: "an unknown kind", text: plays, options: { weight: "cubic" as "log" },
    message: /weight is "cubic", expected none, linear or log/,
  },
  {
    what: "lists", text: "0 1 2 3\n1 5 6 7 8\n2 9 4\n", options: { weight: "log" },
    message: /layout "lists" has no weights/,
  },
];

for (const { what, text, options, message } of refused) {
  test(`refused: ${what}`, async () => {
    assert.match(await messageOf(() => read(text, options)), message);
  });
}

test("a split by time needs times", async () => {
  assert.match(await messageOf(async () => splitByTime(await read(plays))), /read without times/);
});

test.run();
