/** Any table survives writing and parsing, wherever the chunks are cut; what is no table is refused by line. */
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { fieldNumber, fieldText } from "../../src/files/csv/fields.js";
import { RowParser } from "../../src/files/csv/row-parser.js";
import type { Separator } from "../../src/files/csv/row-parser.js";
import { messageOf } from "../data/temporary-folder.js";

const encoder = new TextEncoder();

interface Parsed {
  rows: string[][];
  lines: number[];
}

/** Parses a text cut at the given byte positions. */
function parse(text: string | Uint8Array, separator: Separator, cuts: readonly number[] = []): Parsed {
  const parsed: Parsed = { rows: [], lines: [] };
  const parser = new RowParser("x.csv", { separator }, (row) => {
    parsed.rows.push(Array.from({ length: row.fields }, (_, f) => fieldText(row.bytes, row.starts[f], row.ends[f])));
    parsed.lines.push(row.line);
  });
  const bytes = typeof text === "string" ? encoder.encode(text) : text;
  let from = 0;
  for (const cut of [...cuts].map((c) => c % (bytes.length + 1)).sort((a, b) => a - b)) {
    parser.push(bytes.subarray(from, cut));
    from = cut;
  }
  parser.push(bytes.subarray(from));
  parser.end();
  return parsed;
}

const cuts = fc.array(fc.nat(400), { maxLength: 12 });
const lineEnd = fc.constantFrom("\n", "\r\n");
/** Fields made of what is dangerous. */
const field = (separator: string): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom("a", "ž", "\"", "\n", "\r", separator[0], " ", "7", "漢"), maxLength: 6 });

function quoted(text: string, separator: string, always: boolean): string {
  const needed = always || /["\n\r]/.test(text) || text.includes(separator);
  return needed ? `"${text.replaceAll("\"", "\"\"")}"` : text;
}

test("comma files: any fields, quoted where needed, come back across any chunk borders", () => {
  fc.assert(fc.property(
    fc.array(fc.array(field(","), { minLength: 2, maxLength: 4 }), { maxLength: 6 }), lineEnd, fc.boolean(),
    fc.boolean(), cuts,
    (rows, end, always, lastEnd, at) => {
      const text = rows.map((row) => row.map((f) => quoted(f, ",", always)).join(",")).join(end) +
        (lastEnd && rows.length > 0 ? end : "");
      assert.equal(parse(text, ",", at).rows, rows);
    },
  ), { numRuns: 500 });
});

test("tab files: fields without line breaks come back, quoted or not", () => {
  const plain = fc.string({ unit: fc.constantFrom("a", "\"", ",", "\t", " ", "é"), maxLength: 5 });
  fc.assert(fc.property(
    fc.array(fc.array(plain, { minLength: 2, maxLength: 3 }), { maxLength: 5 }), lineEnd, cuts,
    (rows, end, at) => {
      const text = rows.map((row) => row.map((f) => quoted(f, "\t", false)).join("\t") + end).join("");
      assert.equal(parse(text, "\t", at).rows, rows);
    },
  ), { numRuns: 300 });
});

test(":: files: fields without a colon come back, quotes are text", () => {
  const plain = fc.string({ unit: fc.constantFrom("a", "\"", ",", " ", "é", "\t"), minLength: 1, maxLength: 5 });
  fc.assert(fc.property(
    fc.array(fc.array(plain, { minLength: 2, maxLength: 3 }), { maxLength: 5 }), lineEnd, cuts,
    (rows, end, at) => {
      assert.equal(parse(rows.map((row) => row.join("::") + end).join(""), "::", at).rows, rows);
    },
  ), { numRuns: 300 });
});

test("the line number is that of a row's first line, blank lines and quoted line breaks counted", () => {
  const { rows, lines } = parse("a,b\n\n\"x\ny\",2\r\n\r\nc,d", ",", [1, 6, 7, 9, 13]);
  assert.equal(rows, [["a", "b"], ["x\ny", "2"], ["c", "d"]]);
  assert.equal(lines, [1, 3, 6]);
});

test("a single colon and quotes inside a field are text", () => {
  assert.equal(parse("1::Alien: \"Director's Cut\"::a|b\n", "::").rows, [["1", "Alien: \"Director's Cut\"", "a|b"]]);
  assert.equal(parse("5::7:::-)::9\n", "::").rows, [["5", "7", ":-)", "9"]]);
  assert.equal(parse("7,5\" disk,x\n", ",").rows, [["7", "5\" disk", "x"]]);
  assert.equal(parse("1\t\"Heroes\" by Bowie\t\"open\n", "\t").rows, [["1", "\"Heroes\" by Bowie", "\"open"]]);
});

test("empty fields, also the last one", () => {
  assert.equal(parse(",\n,,\na,", ",").rows, [["", ""], ["", "", ""], ["a", ""]]);
  assert.equal(parse("", ",").rows, []);
  assert.equal(parse("\n\n", ",").rows, []);
});

test("a quote that is never closed and text after a quote are refused by line", async () => {
  assert.match(await messageOf(() => parse("a,b\n1,\"open\n2,3\n", ",")), /^x\.csv:2: .*inside a quoted field/);
  assert.match(await messageOf(() => parse("a,b\n1,\"x\"y\n", ",")), /^x\.csv:2: text after a closing quote/);
  const endless = new Uint8Array(5 << 20).fill(97);
  endless[0] = 34;
  assert.match(await messageOf(() => parse(endless, ",")), /^x\.csv:1: a row of more than 4 MiB/);
});

test("bytes that are no UTF-8 are latin-1", () => {
  assert.equal(parse(Uint8Array.of(0x4c, 0xe9, 0x6f, 44, 0xc3, 0xa9, 10), ",").rows, [["Léo", "é"]]);
});

test("numbers: the same as Number for decimals, NaN for anything else", () => {
  const number = (text: string): number => {
    const bytes = encoder.encode(text);
    return fieldNumber(bytes, 0, bytes.length);
  };
  fc.assert(fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (x) => {
    assert.is(number(String(x)), Number(String(x)));
  }));
  fc.assert(fc.property(fc.integer({ min: 0, max: 1e7 }), fc.integer({ min: 1, max: 6 }), (x, places) => {
    const text = (x / 10 ** places).toFixed(places);
    assert.is(number(text), Number(text));
  }));
  for (const text of ["", " ", ".", "-", "abc", "4.5.6", "0x10", "Infinity", "NaN", "1,5", "--1", "1e999"]) {
    assert.ok(Number.isNaN(number(text)), `"${text}" is no number`);
  }
  for (const text of ["5.", ".5", " 4.0 ", "+3", "-0.5", "1e3", "123456789012345678"]) {
    assert.is(number(text), Number(text));
  }
});

test.run();
