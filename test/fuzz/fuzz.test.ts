/** The short part of the fuzz suite: the same few hundred cases every time, on every surface; and that it finds. */
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { UserError } from "../../src/base/user-error.js";
import { campaign, replay } from "./campaign.js";
import { judge, type Surface } from "./surface.js";
import { surfaces } from "./surfaces.js";

for (const surface of surfaces) {
  test(`${surface.name}: what comes in is taken or refused clearly`, async () => {
    const [{ cases, taken, refused, failures }] = await campaign([surface], { seed: 17, rounds: 1, cases: 150 });
    assert.equal(failures.map(({ error, input }) => `${error}\n${input}`), []);
    assert.is(cases, 150);
    assert.is(taken + refused, 150);
    assert.ok(taken > 0 && refused > 0, `${taken} taken, ${refused} refused: one outcome alone tests nothing`);
  });
}

/** Breaks on numbers from 1000 on, in a way that is no refusal. */
const broken: Surface = {
  name: "broken", about: "a toy", round: 100,
  open: () => Promise.resolve({
    inputs: fc.nat(5000),
    check: (n) => judge(() => {
      if ((n as number) >= 1000) throw new TypeError("x is not a function");
      if ((n as number) % 2 === 1) throw new UserError("odd, expected an even number");
    }),
  }),
};

test("a failure is found, shrunk, and comes again by its seed and path", async () => {
  const [tally] = await campaign([broken], { seed: 1, rounds: 3 });
  assert.is(tally.failures.length, 1, "the same fault once");
  const [{ input, seed, path, error }] = tally.failures;
  assert.is(input, "1000");
  assert.match(error, /x is not a function/);
  const again = await replay(broken, seed, path);
  assert.is(again.failures[0].input, "1000");
});

test("a refusal that no person can read is none", async () => {
  const refuse = (message: string) => judge(() => { throw new UserError(message); });
  assert.is(await refuse("n is 0, expected 1 or more"), "refused");
  for (const message of ["", "Cannot read properties of undefined", "x".repeat(5000), "it is [object Object]"]) {
    assert.is(await refuse(message).then(() => "clear", () => "unclear"), "unclear", message.slice(0, 40));
  }
});

test.run();
