/**
 * An answer with lists of items as JSON, byte for byte what JSON.stringify makes of it. What is the same in every list
 * that has an item, its number, id and title, is written once and kept; only the score is new.
 */
import type { ListedItem } from "../session/session-types.js";

export class ListWriter {
  /** By item, up to the score. */
  private readonly begun: string[] = [];

  /** @param lists the answer's fields that hold lists of items; the others are JSON's business. */
  write(answer: Readonly<Record<string, unknown>>, lists: readonly string[]): string {
    let json = "";
    for (const name in answer) {
      const value = answer[name];
      if (value === undefined) continue;
      const written = lists.includes(name) ? this.list(value as readonly ListedItem[]) : JSON.stringify(value);
      json += `${json === "" ? "{" : ","}"${name}":${written}`;
    }
    return json === "" ? "{}" : `${json}}`;
  }

  private list(items: readonly ListedItem[]): string {
    let json = "[";
    for (const listed of items) {
      const { item, id, title, score, estimated } = listed;
      const begun = this.begun[item] ??= `{"item":${item},"id":${JSON.stringify(id)},` +
        `"title":${JSON.stringify(title)},"score":`;
      if (json !== "[") json += ",";
      json += `${begun}${Number.isFinite(score) ? score : "null"}${estimated ? ',"estimated":true}' : "}"}`;
    }
    return `${json}]`;
  }
}
