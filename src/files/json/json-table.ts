/**
 * JSON lines, or one JSON array, as a table: a record a row, its keys the columns. Objects within a record become
 * columns "outer.inner"; lists stay JSON text, for whoever knows that the column holds several values.
 */
import { UserError } from "../../base/user-error.js";
import { quotable } from "../../base/printable.js";
import type { OpenedTable, OnBadRow } from "../opened-table.js";
import type { Row } from "../csv/row-parser.js";
import { fieldOf, RecordRow } from "../record-row.js";
import type { ByteSource } from "../source/byte-source.js";
import { JsonSplitter } from "./split-json.js";

type Cells = ReadonlyMap<string, string>;

/** Records that decide which columns there are. */
const LOOKED_AT = 1000;
/** Objects within objects are taken apart this deep. */
const DEEPEST = 3;

/** Whether a text that begins like this is JSON. */
export function looksLikeJson(head: Uint8Array): boolean {
  const first = head.find((byte) => byte > 32);
  return first === 0x7b || (first === 0x5b && /^\s*\[\s*[[{]|^\s*\[.*\]\s*$/m.test(startOf(head)));
}

/** @throws UserError when the records are no objects and no lists. */
export function openJson(source: ByteSource): OpenedTable {
  const { file, head, ended } = source;
  const array = isArray(head);
  const first: { names: readonly string[] | null; cells: Cells }[] = [];
  const look = new JsonSplitter(array, (text, line) => {
    if (first.length < LOOKED_AT) first.push(record(text, line, file));
  });
  // A record that the head cuts is not looked at; one that the file cuts will be complained of while reading.
  look.push(head);
  if (ended && first.length === 0) look.end();
  if (first.length === 0) {
    throw new UserError(`${file}:1: no record of JSON found ("${quotable(startOf(head).trim())}"), expected one ` +
      "object a line, or an array of objects");
  }
  const keyed = first.some(({ names }) => names !== null);
  const names = [...new Set(first.flatMap(({ cells }) => [...cells.keys()]))];
  if (ended && first.length === 1 && keyed) refuseOneObject(first[0].cells, file);
  return {
    file,
    format: {
      kind: array ? "JSON array" : "JSON lines", encoding: source.encoding,
      ...(source.packing.length > 0 ? { packing: source.packing } : {}),
    },
    names: keyed ? names : null,
    sample: first.map(({ cells }) => names.map((name) => (cells.get(name) ?? "").trim())),
    complete: ended && first.length < LOOKED_AT,
    rows: (onRow, onBad) => streamRecords(source, array, names, onRow, onBad),
    close: source.close,
  };
}

async function streamRecords(
  source: ByteSource, array: boolean, names: readonly string[], onRow: (row: Row) => void, onBad?: OnBadRow,
): Promise<void> {
  const row = new RecordRow();
  const splitter = new JsonSplitter(array, (text, line) => {
    let cells: Cells;
    try {
      cells = record(text, line, source.file).cells;
    } catch (error) {
      if (!onBad || !(error instanceof UserError)) throw error;
      onBad(line, error.message.replace(/^.*?:\d+: /, ""));
      return;
    }
    row.begin(line);
    for (const name of names) row.add(cells.get(name) ?? "");
    onRow(row);
  });
  for await (const chunk of source.text) splitter.push(chunk);
  splitter.end();
}

/** One record's fields by name; a list's by position. */
function record(text: string, line: number, file: string): { names: readonly string[] | null; cells: Cells } {
  let value: unknown;
  try {
    value = JSON.parse(withWholeNumbers(text));
  } catch (error) {
    throw new UserError(`${file}:${line}: no JSON: ${quotable((error as Error).message, 120)}`);
  }
  if (typeof value !== "object" || value === null) {
    throw new UserError(`${file}:${line}: the record is ${quotable(text)}, expected an object or a list`);
  }
  const cells = new Map<string, string>();
  if (Array.isArray(value)) {
    value.forEach((cell, c) => cells.set(String(c + 1), fieldOf(cell)));
    return { names: null, cells };
  }
  flatten(value, "", cells, DEEPEST);
  return { names: [...cells.keys()], cells };
}

function flatten(object: object, prefix: string, cells: Map<string, string>, deep: number): void {
  for (const [key, value] of Object.entries(object) as [string, unknown][]) {
    const inner = typeof value === "object" && value !== null && !Array.isArray(value) && deep > 1;
    if (inner) flatten(value, `${prefix}${key}.`, cells, deep - 1);
    else cells.set(prefix + key, fieldOf(value));
  }
}

/** Integers beyond 2⁵³ as strings: as numbers, ids that differ in the last digit would become one. */
function withWholeNumbers(text: string): string {
  if (!/\d{16}/.test(text)) return text;
  const tokens = /"(?:[^"\\]|\\.)*"|-?\d{16,}(?![\d.eE])/g;
  return text.replace(tokens, (token) => (token.startsWith("\"") ? token : `"${token}"`));
}

/** One array, as opposed to lines that are lists each. */
function isArray(head: Uint8Array): boolean {
  const text = startOf(head).trimStart();
  if (!text.startsWith("[")) return false;
  const [first, second] = text.split(/\r?\n/, 2);
  if (!second?.trimStart().startsWith("[")) return true;
  try {
    return !Array.isArray(JSON.parse(first));
  } catch {
    return true;
  }
}

/** {"ratings": [{…}, …]}: the table lies one level deeper than a table should. */
function refuseOneObject(cells: Cells, file: string): void {
  const [inner] = cells;
  if (cells.size > 1 || !/^\[\s*[[{]/.test(inner[1])) return;
  throw new UserError(`${file}:1: one object, whose "${quotable(inner[0])}" holds a list: expected one object a ` +
    "line, or an array of objects: write that list alone");
}

function startOf(head: Uint8Array): string {
  return Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, 1 << 16)).toString("utf8");
}
