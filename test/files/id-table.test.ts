/** The table of ids numbers like a Map of strings does, whatever the ids look like. */
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { IdTable } from "../../src/files/csv/id-table.js";

const encoder = new TextEncoder();

function add(table: IdTable, id: string): number {
  const bytes = encoder.encode(`<${id}>`);
  return table.add(bytes, 1, bytes.length - 1);
}

function find(table: IdTable, id: string): number {
  const bytes = encoder.encode(id);
  return table.find(bytes, 0, bytes.length);
}

test("agrees with a Map: numbers in order of first appearance, text gives the id back", () => {
  const id = fc.oneof(
    fc.integer({ min: 0, max: 40 }).map(String), fc.nat().map(String),
    // Where integers are no longer looked up by their value.
    fc.integer({ min: 2 ** 22 - 3, max: 2 ** 22 + 3 }).map(String),
    fc.constantFrom("007", "7", "1e3", "-1", "ab", "é"),
    fc.string({ minLength: 1, maxLength: 4 }), fc.integer({ min: 1e9, max: 2e9 }).map(String),
  );
  fc.assert(fc.property(fc.array(id, { maxLength: 200 }), (ids) => {
    const table = new IdTable();
    const map = new Map<string, number>();
    for (const text of ids) {
      const known = map.get(text) ?? map.size;
      map.set(text, known);
      assert.is(add(table, text), known);
    }
    assert.is(table.size, map.size);
    for (const [text, number] of map) {
      assert.is(table.text(number), text);
      assert.is(find(table, text), number);
    }
    assert.is(find(table, "not there at all"), -1);
  }));
});

test("grows past its first capacity with both kinds of ids", () => {
  const table = new IdTable();
  for (let i = 0; i < 5000; i++) {
    assert.is(add(table, String(i * 977)), 2 * i);
    assert.is(add(table, `SO${i}AB`), 2 * i + 1);
  }
  for (let i = 0; i < 5000; i++) {
    assert.is(find(table, String(i * 977)), 2 * i);
    assert.is(table.text(2 * i + 1), `SO${i}AB`);
  }
});

test.run();
