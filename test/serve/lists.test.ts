/** Lists leave the service with the bytes that JSON.stringify makes of a session's answer, asked alone or together. */
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { openSession } from "../../src/session/open-session.js";
import { Turn } from "../../src/serve/together/turn.js";
import { ListWriter } from "../../src/serve/write-lists.js";
import { model, withService } from "./at-work.js";

test("written lists are JSON.stringify's", () => {
  const title = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom('say "hi"', "\ud800", "\u2028", "tab\t"));
  const catalogue = fc.array(fc.record({ id: title, title }), { minLength: 1, maxLength: 5 });
  const score = fc.oneof(fc.float(), fc.constantFrom(-0, NaN, -Infinity, 1e21, 1e-7));
  const answer = catalogue.chain((names) => fc.record({
    items: fc.array(fc.record({
      item: fc.nat(names.length - 1), score, estimated: fc.constantFrom(undefined, true as const),
    }), { maxLength: 8 }).map((list) => list.map(({ item, score: s, estimated }) => (
      { item, ...names[item], score: s, ...(estimated ? { estimated } : {}) }))),
    ignored: fc.array(fc.string()), popular: fc.boolean(), balance: fc.constantFrom(undefined, { pool: 3 }),
  }));
  fc.assert(fc.property(answer, (one) => {
    const writer = new ListWriter();
    for (let again = 0; again < 2; again++) assert.is(writer.write(one, ["items"]), JSON.stringify(one));
  }), { seed: 14, numRuns: 300 });
});

test("written knobs are JSON.stringify's, of tags, of concepts and of neurons", () => {
  const session = openSession(model, { threads: 1 });
  const [tag, other] = model.tags!.names;
  const concept = session.concepts()[0].name;
  const writer = new ListWriter();
  const settings = [
    [{ tag, strength: 0.2 }], [{ tag, turn: 0.3 }, { neuron: [1, 2], strength: -0.5 }], [{ concept, strength: 0.1 }],
    [{ tag: other, strength: 0.1, neurons: 3 }, { tag, strength: 0.4, only: true }],
    [{ tag, strength: 0.1, mapping: "unique" as const }], [],
  ];
  for (let again = 0; again < 2; again++) {
    for (const knobs of settings) {
      const answer = session.steer(model.items.ids.slice(0, 4), knobs, 3);
      assert.is(writer.write({ ...answer }, ["before", "after"]), JSON.stringify(answer));
    }
  }
  session.close();
});

test("profiles that are asked for together get a session's answers, byte for byte", async () => {
  const session = openSession(model, { threads: 1 });
  const { ids } = model.items;
  const profiles = Array.from({ length: 40 }, (_, i) => ids.filter((_, j) => (j * 7 + i) % 11 === 0));
  const knobs = [{ neuron: 1, strength: 0.4 }];
  await withService(async ({ ask }) => {
    const lists = await Promise.all(profiles.map((items) => ask("/recommend", { items, n: 7 })));
    const turned = await Promise.all(profiles.map((items) => ask("/steer", { items, knobs, n: 5 })));
    // What is asked again is answered from what was kept.
    const again = await Promise.all(profiles.map((items) => ask("/recommend", { items, n: 7 })));
    profiles.forEach((items, i) => {
      assert.is(lists[i].text, JSON.stringify(session.recommend(items, 7)));
      assert.is(turned[i].text, JSON.stringify(session.steer(items, knobs, 5)));
      assert.is(again[i].text, lists[i].text);
    });
    const [faulty, fine] = await Promise.all([
      ask("/steer", { items: [], knobs, n: 5 }), ask("/recommend", { items: profiles[0], n: 7 }),
    ]);
    assert.is(faulty.status, 422, "one that fails among others");
    assert.is(fine.text, lists[0].text);
  });
  session.close();
});

test("answers of a turn are sent when they have been worked out, and what has come is read between", async () => {
  const events: string[] = [];
  await new Promise<void>((resolve) => {
    const turn = new Turn((some: readonly number[]) => some.slice(0, 16).map((i) => {
      events.push(`work ${i}`);
      return () => {
        events.push(`send ${i}`);
        if (i === 19) resolve();
      };
    }));
    for (let i = 0; i < 20; i++) turn.add(i);
    setImmediate(() => { events.push("between"); });
    events.push("read");
  });
  const steps = (what: string, from: number, to: number): string[] =>
    Array.from({ length: to - from }, (_, i) => `${what} ${from + i}`);
  assert.equal(events, [
    "read", ...steps("work", 0, 16), ...steps("send", 0, 16), "between",
    ...steps("work", 16, 20), ...steps("send", 16, 20),
  ]);
});

test.run();
