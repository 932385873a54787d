/**
 * An answer with lists of items as JSON, byte for byte what JSON.stringify makes of it. What is the same in every list
 * that has an item, its number, id and title, is written once and kept; only the score is new. So is what a tag's or a
 * concept's knob turns, some dozens of neurons with weights and names, which are the same lists in every answer.
 */
import type { ListedItem, SteeredLists } from "../session/session-types.js";

type Knob = SteeredLists["knobs"][number];

export class ListWriter {
  /** By item, up to the score. */
  private readonly begun: string[] = [];
  /** By list. */
  private readonly lasting = new WeakMap<object, string>();

  /** @param lists the answer's fields that hold lists of items; `knobs` are those of a session; others are JSON's. */
  write(answer: Readonly<Record<string, unknown>>, lists: readonly string[]): string {
    let json = "";
    for (const name in answer) {
      const value = answer[name];
      if (value === undefined) continue;
      json += `${json === "" ? "{" : ","}"${name}":`;
      if (lists.includes(name)) json += this.list(value as readonly ListedItem[]);
      else json += name === "knobs" ? this.knobs(value as readonly Knob[]) : JSON.stringify(value);
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

  private knobs(knobs: readonly Knob[]): string {
    return `[${knobs.map((knob) => (knob.weights ? this.lastingKnob(knob) : JSON.stringify(knob))).join()}]`;
  }

  /** A knob with weights is a tag's or a concept's: its lists are the session's, and never change. */
  private lastingKnob(knob: Knob): string {
    const fields = (Object.entries(knob) as [string, unknown][]).filter(([, value]) => value !== undefined);
    return `{${fields.map(([name, value]) =>
      `"${name}":${typeof value === "object" && value ? this.lastingText(value) : JSON.stringify(value)}`).join()}}`;
  }

  private lastingText(list: object): string {
    const known = this.lasting.get(list);
    if (known !== undefined) return known;
    const text = JSON.stringify(list);
    this.lasting.set(list, text);
    return text;
  }
}
