/** Which items have what a channel turns: asked for once for each tag and concept, kept while the page is open. */
import type { ListedItem, SteeredLists } from "../../session/session-types.js";
import type { DeskSession } from "./desk-session.js";
import { isAtRest, keyOf, type Mix, type Target } from "./state.js";
import { words } from "../words/words.js";

/** Something that is turned, and who has it. */
export interface Carried {
  readonly key: string;
  readonly name: string;
  readonly items: ReadonlySet<number>;
}

export class Carriers {
  private readonly known = new Map<string, Carried | null>();

  /** @param arrived called when an answer has come */
  constructor(private readonly session: Pick<DeskSession, "carriers">, private readonly arrived: () => void) {}

  /** What is turned, as far as it is known; the rest is asked for. */
  of({ channels, paper }: Mix): Carried[] {
    const turned: Target[] = paper
      ? paper.tag === null || paper.strength === 0 ? [] : [{ kind: "tag", tag: paper.tag }]
      : channels.filter((channel) => !isAtRest(channel)).map(({ target }) => target);
    return turned.flatMap((target) => this.find(target) ?? []);
  }

  private find(target: Target): Carried | null {
    if (target.kind === "neuron") return null;
    const key = keyOf(target);
    const name = target.kind === "tag" ? target.tag : target.concept;
    if (!this.known.has(key)) {
      this.known.set(key, null);
      this.session.carriers(target.kind === "tag" ? { tag: name } : { concept: name }).then((items) => {
        this.known.set(key, { key, name, items: new Set(items) });
        this.arrived();
      }, () => {
        // A name that the model does not have: the list's own question says so.
      });
    }
    return this.known.get(key) ?? null;
  }
}

/** By channel, what turning did: "0 → 10 of 20". */
export function effectsOf(
  carried: readonly Carried[], { before, after, knobs }: Pick<SteeredLists, "before" | "after" | "knobs">,
): Map<string, string> {
  if (knobs.length === 0) return new Map();
  const count = (list: readonly ListedItem[], { items }: Carried): number =>
    list.filter(({ item }) => items.has(item)).length;
  return new Map(carried.map((one) => [one.key, words.effect(count(before, one), count(after, one), after.length)]));
}
