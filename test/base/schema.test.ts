import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  choice, describe, either, flag, list, number, object, optional, text, withDefault, type Fault, type Schema,
} from "../../src/base/schema.js";

function faults(schema: Schema<unknown>, value: unknown): string[] {
  const found: Fault[] = [];
  schema.check(value, "", found);
  return found.map(({ at, detail }) => `${at}: ${detail}`);
}

const body = object({
  name: text({ max: 3 }), n: withDefault(number({ whole: true, min: 1, max: 5 }), 2),
  tags: optional(list(text({ max: 9 }), { min: 1, max: 2 })), how: optional(choice(["a", "b"])), on: optional(flag()),
});

test("a value that fits is returned with its defaults", () => {
  const found: Fault[] = [];
  assert.equal(
    body.check({ name: "x" }, "", found), { name: "x", n: 2, tags: undefined, how: undefined, on: undefined },
  );
  assert.equal(body.check({ name: "x", n: 5, tags: ["y"], how: "b", on: false }, "", found),
    { name: "x", n: 5, tags: ["y"], how: "b", on: false });
  assert.equal(found, []);
});

test("every fault is named by its place", () => {
  assert.equal(faults(body, { name: "long", n: 1.5, tags: [1, ""], how: "c", on: 1, "a/b": 1 }), [
    "/name: expected 1 to 3 characters, got 4",
    "/n: expected a whole number from 1 to 5, got 1.5",
    "/tags/0: expected text, got 1",
    "/tags/1: expected 1 to 9 characters, got 0",
    '/how: expected one of "a", "b", got "c"',
    "/on: expected true or false, got 1",
    "/a~1b: unknown field, expected name, n, tags, how or on",
  ]);
  assert.equal(faults(body, {}), ["/name: is missing"]);
  assert.equal(faults(body, [1]), [": expected an object, got a list"]);
  assert.equal(faults(body, null), [": expected an object, got null"]);
});

test("names of Object.prototype are no fields", () => {
  assert.equal(faults(body, JSON.parse('{"name":"x","__proto__":{"n":9},"constructor":1}')), [
    "/__proto__: unknown field, expected name, n, tags, how or on",
    "/constructor: unknown field, expected name, n, tags, how or on",
  ]);
  assert.equal(faults(object({ toString: text({ max: 3 }) }), {}), ["/toString: is missing"]);
});

test("numbers must be finite, and numbers", () => {
  for (const value of [NaN, Infinity, -Infinity, "1", null, true, [], 0, 6, 2.5]) {
    assert.is(faults(number({ whole: true, min: 1, max: 5 }), value).length, 1, String(value));
  }
  assert.equal(faults(number({}), 1e308), []);
});

test("long lists and many faults cost little and are cut off", () => {
  const numbers = list(number({}), { max: 1000 });
  assert.is(faults(numbers, Array(1000).fill("x")).length, 10);
  assert.equal(faults(numbers, Array(1001).fill("x")), [": expected 0 to 1000 entries, got 1001"]);
  const many = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`f${i}`, i]));
  assert.is(faults(object({}), many).length, 10);
});

test("of two kinds, the one that got further says what is wrong", () => {
  const schema = either(
    number({ min: 0 }), list(number({ min: 0 }), { min: 1, max: 3 }), "a number, or a list of them",
  );
  assert.equal(faults(schema, 3), []);
  assert.equal(faults(schema, [3]), []);
  assert.equal(faults(schema, "x"), [': expected a number, or a list of them, got "x"']);
  assert.equal(faults(schema, [1, "x"]), ['/1: expected a number from 0 on, got "x"']);
});

test("values are described in a few words", () => {
  assert.is(describe("x".repeat(1000)).length, 42);
  assert.is(describe({ a: 1 }), "an object");
  assert.is(describe([[[]]]), "a list");
  assert.is(describe(undefined), "nothing");
});

test("the JSON schema says the same", () => {
  assert.equal(body.json, {
    type: "object",
    properties: {
      name: { type: "string", minLength: 1, maxLength: 3 },
      n: { type: "integer", minimum: 1, maximum: 5, default: 2 },
      tags: { type: "array", items: { type: "string", minLength: 1, maxLength: 9 }, minItems: 1, maxItems: 2 },
      how: { type: "string", enum: ["a", "b"] },
      on: { type: "boolean" },
    },
    required: ["name"],
    additionalProperties: false,
  });
});

test.run();
