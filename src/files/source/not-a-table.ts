/**
 * Files that people take for tables and that are none, told by their first bytes: spreadsheets, pickles, web pages.
 * Each is refused by name, with what to do instead.
 */
import { UserError } from "../../base/user-error.js";

const KINDS: readonly { readonly starts: string | RegExp; readonly what: string; readonly instead: string }[] = [
  { starts: "\xd0\xcf\x11\xe0", what: "an old Excel workbook", instead: "save the sheet as CSV" },
  { starts: "\x89HDF", what: "an HDF5 file", instead: "write it as CSV or Parquet" },
  { starts: "\x93NUMPY", what: "a NumPy array", instead: "write user, item rows as CSV" },
  { starts: "ARROW1", what: "an Arrow (Feather) file", instead: "write it as Parquet" },
  { starts: "\x80\x02", what: "a Python pickle", instead: "write it as CSV or Parquet" },
  { starts: "\x80\x03", what: "a Python pickle", instead: "write it as CSV or Parquet" },
  { starts: "\x80\x04", what: "a Python pickle", instead: "write it as CSV or Parquet" },
  { starts: "\x80\x05", what: "a Python pickle", instead: "write it as CSV or Parquet" },
  { starts: "MATLAB 5.0", what: "a MATLAB file", instead: "write user, item rows as CSV" },
  { starts: "%PDF", what: "a PDF", instead: "get the data as CSV" },
  { starts: "RDX", what: "an R data file", instead: "write.csv it" },
  { starts: /^\s*(<!doctype html|<html)/i, what: "a web page", instead: "was a login page downloaded in its place?" },
  { starts: /^\s*<\?xml/i, what: "an XML file", instead: "write it as CSV or JSON" },
  {
    starts: /^(\s|--.*\n|\/\*.*?\*\/;?)*(create|drop) (table|database)|^(\s|--.*\n|\/\*.*?\*\/;?)*insert into /i,
    what: "an SQL dump", instead: "load it into its database, and give that with --query, or save the table as CSV",
  },
  { starts: /^\s*@relation\b/i, what: "an ARFF file", instead: "write it as CSV" },
  { starts: /^\s*\|.*\|\s*\n\s*\|[\s:|-]+\|\s*\n/, what: "a Markdown table", instead: "save it as CSV" },
  {
    starts: "version https://git-lfs", what: "a Git LFS pointer, not the file itself", instead: "run git lfs pull",
  },
  { starts: /^[\s\S]{257}ustar/, what: "a tar archive", instead: "unpack it first (tar xf)" },
];

/** @throws UserError for what is known to be no table. */
export function refuseOtherFormats(head: Uint8Array, file: string): void {
  const text = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, 512)).toString("latin1");
  const found = KINDS.find(({ starts }) => (typeof starts === "string" ? text.startsWith(starts) : starts.test(text)));
  if (found) throw new UserError(`${file}: ${found.what}, expected a table: ${found.instead}`);
}
