/** A split is a partition of users, of held-out users' items, and a function of the seed alone. */
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { csrRow } from "../../src/base/csr.js";
import { splitDataset } from "../../src/data/split-users.js";
import { randomDataset } from "./planted.js";
import { messageOf } from "./temporary-folder.js";

test("partition of users; input and target partition each held-out user's items; target share rounded up", () => {
  fc.assert(fc.property(
    fc.integer({ min: 10, max: 80 }), fc.integer({ min: 1, max: 12 }), fc.integer(),
    fc.double({ min: 0.05, max: 0.9, noNaN: true }),
    (users, items, seed, targetShare) => {
      const data = randomDataset(users, items, 7);
      const split = splitDataset(data, { seed, targetShare });
      const held = [split.validation, split.test];
      assert.equal(held.map((part) => part.users.length), [Math.floor(users / 10), Math.floor(users / 10)]);
      const everyone = [...split.trainUsers, ...split.validation.users, ...split.test.users];
      assert.equal(everyone.sort((a, b) => a - b), Array.from({ length: users }, (_, u) => u));
      split.trainUsers.forEach((user, r) => assert.equal(csrRow(split.train, r), csrRow(data.interactions, user)));
      for (const part of held) {
        part.users.forEach((user, r) => {
          const own = [...csrRow(data.interactions, user)];
          const target = [...csrRow(part.target, r)];
          assert.is(target.length, Math.ceil(own.length * targetShare - 1e-9));
          assert.equal([...csrRow(part.input, r), ...target].sort((a, b) => a - b), own);
          assert.equal(target, [...target].sort((a, b) => a - b));
        });
      }
    },
  ), { numRuns: 100 });
});

test("the same seed gives the same split, another seed another", () => {
  const data = randomDataset(60, 10, 1);
  assert.equal(splitDataset(data, { seed: 42 }), splitDataset(data, { seed: 42 }));
  assert.not.equal(splitDataset(data, { seed: 42 }).trainUsers, splitDataset(data, { seed: 43 }).trainUsers);
});

test("a fifth of 5, 6 and 10 items is 1, 2 and 2", () => {
  const data = randomDataset(400, 12, 3);
  const { test: held } = splitDataset(data, { seed: 1, testShare: 0.5 });
  const targets = new Map(Array.from(held.users, (user, r) =>
    [csrRow(data.interactions, user).length, csrRow(held.target, r).length]));
  assert.equal([5, 6, 10].map((length) => targets.get(length)), [1, 2, 2]);
});

test("shares that leave a part without users are refused", async () => {
  const data = randomDataset(9, 5, 1);
  assert.match(await messageOf(() => splitDataset(data, { seed: 1 })), /9 users give 9 for training, 0 for validation/);
  assert.match(await messageOf(() => splitDataset(data, { seed: 1, testShare: 1.5 })), /testShare is 1\.5, expected/);
  assert.match(await messageOf(() => splitDataset(data, { seed: 1.5 })), /the seed is 1\.5, expected an integer/);
  const both = { seed: 1, testShare: 0.5, validationShare: 0.5 };
  assert.match(await messageOf(() => splitDataset(randomDataset(10, 5, 1), both)), /give 0 for training/);
});

test.run();
