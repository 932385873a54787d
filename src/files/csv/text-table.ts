/** A delimited text as a table: sniffed from its head, then streamed through the row parser. */
import { UserError } from "../../base/user-error.js";
import type { OnBadRow, OpenedTable } from "../opened-table.js";
import type { ByteSource } from "../source/byte-source.js";
import { RowParser, type Row, type Separator } from "./row-parser.js";
import { sniff, SEPARATORS, type Sniffed } from "./sniff.js";

/**
 * @param separator the user's; null finds out.
 * @throws UserError for an empty file and for one of a single column.
 */
export function openText(source: ByteSource, separator: Separator | null, expected: string): OpenedTable {
  const { file, head, ended } = source;
  if (head.length === 0) throw new UserError(`${file}: the file is empty, expected ${expected}`);
  const sniffed = sniff(head, ended, separator, file);
  return {
    file,
    format: {
      kind: "text",
      encoding: source.encoding,
      separator: SEPARATORS[sniffed.dialect.separator],
      lineEnds: sniffed.lineEnds,
      ...(sniffed.comments.length > 0 ? { comments: sniffed.comments } : {}),
      ...(source.packing.length > 0 ? { packing: source.packing } : {}),
    },
    names: null,
    sample: sniffed.sample,
    complete: ended && sniffed.sample.length < 1000,
    rows: (onRow, onBad) => streamRows(source, sniffed, onRow, onBad),
    close: source.close,
  };
}

async function streamRows(
  source: ByteSource, { dialect, skipBytes, skipLines }: Sniffed, onRow: (row: Row) => void, onBad?: OnBadRow,
): Promise<void> {
  const parser = new RowParser(source.file, dialect, onRow, { line: skipLines + 1, onBad });
  let skip = skipBytes;
  let suspicious = false;
  for await (const chunk of source.text) {
    // A crashed writer leaves blocks of NUL bytes. They are looked for a chunk at a time, and only then row by row.
    if (!suspicious && chunk.includes(0)) {
      suspicious = true;
      parser.handTo((row) => {
        if (!holdsNul(row)) onRow(row);
        else if (onBad) onBad(row.line, NUL);
        else throw new UserError(`${source.file}:${row.line}: ${NUL} (--skip-bad-rows leaves such rows out)`);
      });
    }
    const cut = Math.min(skip, chunk.length);
    skip -= cut;
    parser.push(cut > 0 ? chunk.subarray(cut) : chunk);
  }
  parser.end();
}

const NUL = "a NUL byte, expected text: did whatever wrote the file crash?";

function holdsNul({ bytes, starts, ends, fields }: Row): boolean {
  return bytes.subarray(starts[0], ends[fields - 1]).includes(0);
}
