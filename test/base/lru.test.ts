/** What was not asked for the longest is forgotten first. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Lru } from "../../src/base/lru.js";

test("a number of entries: asking keeps one", () => {
  const cache = new Lru<number>(2);
  cache.set("a", 1);
  cache.set("b", 2);
  assert.is(cache.get("a"), 1);
  cache.set("c", 3);
  assert.equal(["a", "b", "c"].map((key) => cache.get(key)), [1, undefined, 3]);
  cache.set("a", 4);
  assert.is(cache.get("a"), 4);
  assert.is(cache.weighs, 2);
});

test("a budget of weights; what is too heavy alone is not kept", () => {
  const cache = new Lru<string>(5, (text) => text.length);
  cache.set("x", "ab");
  cache.set("y", "abc");
  cache.set("z", "a");
  assert.equal(["x", "y", "z"].map((key) => cache.get(key)), [undefined, "abc", "a"]);
  cache.set("x", "abcdef");
  assert.is(cache.get("x"), undefined);
  assert.ok(cache.weighs <= 5);
});

test.run();
