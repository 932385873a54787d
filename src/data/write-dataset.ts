/**
 * A data set as CSV files that readDataset recognises: interactions.csv, items.csv, tags.csv, and, for a world,
 * concepts.csv with the planted truth. The folder appears complete or not at all.
 */
import type { Dataset } from "./dataset.js";
import type { WorldTruth } from "./world/world.js";
import { csrRow, type Csr } from "../base/csr.js";
import { writeFolderAtomically, type FileContent } from "../files/atomic.js";

/** Lines are joined into pieces of about this many characters, so that no text of the whole file is ever made. */
const PIECE = 1 << 20;

/** @throws UserError when the folder is taken or cannot be written. */
export async function writeDataset(folder: string, dataset: Dataset, truth: WorldTruth | null = null): Promise<void> {
  const { userIds, itemIds, itemTitles, interactions, tags } = dataset;
  const files: FileContent[] = [
    csv("interactions.csv", "user,item", pairs(interactions, userIds, itemIds)),
    csv("items.csv", "item,title", itemIds.map((id, i) => [id, itemTitles[i]])),
  ];
  if (tags) {
    const rows = Array.from(tags.tag, (tag, a) =>
      [itemIds[tags.item[a]], tags.names[tag], tags.user[a] < 0 ? "" : userIds[tags.user[a]], String(tags.count[a])]);
    files.push(csv("tags.csv", "item,tag,user,count", rows));
  }
  if (truth) files.push(csv("concepts.csv", "item,concept", pairs(truth.itemConcepts, itemIds, truth.conceptNames)));
  await writeFolderAtomically(folder, files);
}

function* pairs(x: Csr, rowNames: readonly string[], colNames: readonly string[]): Generator<string[]> {
  for (let r = 0; r < x.rows; r++) for (const c of csrRow(x, r)) yield [rowNames[r], colNames[c]];
}

function csv(name: string, header: string, rows: Iterable<readonly string[]>): FileContent {
  return { name, pieces: lines(header, rows) };
}

function* lines(header: string, rows: Iterable<readonly string[]>): Generator<Uint8Array> {
  const encoder = new TextEncoder();
  let text = `${header}\n`;
  for (const row of rows) {
    text += `${row.map(quoted).join(",")}\n`;
    if (text.length >= PIECE) {
      yield encoder.encode(text);
      text = "";
    }
  }
  yield encoder.encode(text);
}

function quoted(field: string): string {
  return /[",\r\n]/.test(field) ? `"${field.replaceAll("\"", "\"\"")}"` : field;
}
