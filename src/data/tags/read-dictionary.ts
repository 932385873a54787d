/** Tag ids and their names, where a file of tags has the ids only. */
import { textIn } from "../columns/cells.js";
import type { ColumnSpec } from "../columns/column-spec.js";
import { readTable, type TextWishes } from "../columns/read-table.js";
import type { FilePlace } from "../../files/source/byte-source.js";
import type { TableReading } from "../understood.js";

/** The rows of a table of two columns as a map from the first to the second: a dictionary of tag ids. */
export async function readDictionary(
  places: readonly FilePlace[], spec: Readonly<Record<"id" | "name", ColumnSpec>>,
  wishes: TextWishes & { readonly placed?: boolean },
): Promise<{ names: Map<string, string>; table: TableReading }> {
  const names = new Map<string, string>();
  const request = { ...wishes, role: "dictionary" as const, places, why: "names of the tags", spec: spec };
  const table = await readTable(request, ({ columns }) => (row) => {
    names.set(textIn(row, columns.id).trim(), textIn(row, columns.name));
  });
  return { names, table };
}
