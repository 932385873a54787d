/** Asking no faster than is answered. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Latest } from "../../src/desk/state/latest.js";

interface Asked {
  readonly question: number;
  answer(): Promise<void>;
  fail(): Promise<void>;
}

function questions(): { latest: Latest<number, string>; asked: Asked[]; log: string[] } {
  const asked: Asked[] = [];
  const log: string[] = [];
  // A turn of the event loop, so that everything that follows from an answer has happened.
  const settle = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve); });
  const latest = new Latest<number, string>((question) => new Promise((resolve, reject) => {
    asked.push({
      question,
      answer: () => { resolve(`answer ${question}`); return settle(); },
      fail: () => { reject(new Error(`no ${question}`)); return settle(); },
    });
  }), (answer, question) => log.push(`${question}: ${answer}`), (error) => log.push((error as Error).message));
  return { latest, asked, log };
}

test("one question is under way, and only the newest of the others follows", async () => {
  const { latest, asked, log } = questions();
  for (const n of [1, 2, 3, 4]) latest.put(n);
  assert.equal(asked.map(({ question }) => question), [1]);
  await asked[0].answer();
  assert.equal(asked.map(({ question }) => question), [1, 4]);
  await asked[1].answer();
  assert.equal(log, ["1: answer 1", "4: answer 4"]);
  latest.put(5);
  await asked[2].answer();
  assert.equal(log.at(-1), "5: answer 5");
});

test("a question that fails does not stop the next", async () => {
  const { latest, asked, log } = questions();
  latest.put(1);
  latest.put(2);
  await asked[0].fail();
  await asked[1].answer();
  assert.equal(log, ["no 1", "2: answer 2"]);
});

test("clearing drops what waits and what is under way, answered or failed; asking goes on", async () => {
  const { latest, asked, log } = questions();
  latest.put(1);
  latest.put(2);
  latest.clear();
  await asked[0].fail();
  assert.equal(asked.length, 1);
  latest.put(3);
  await asked[1].answer();
  assert.equal(log, ["3: answer 3"]);
});

test.run();
