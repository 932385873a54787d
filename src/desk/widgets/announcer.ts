/** Says aloud what a re-ranking did, once the hand rests: a polite live region that is only heard. */
import type { SteeredLists } from "../../session/session-types.js";
import { element, setText } from "./element.js";
import { rankChanges } from "../state/rank-changes.js";
import { words } from "../words/words.js";

const REST_MS = 700;
/** Newcomers that are named. */
const NAMED = 3;

export class Announcer {
  readonly node = element("p", { class: "unseen", role: "status", "aria-live": "polite" });
  private timer: ReturnType<typeof setTimeout> | undefined;

  say(text: string): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => setText(this.node, text), REST_MS);
  }

  lists(lists: SteeredLists): void {
    this.say(listsInWords(lists));
  }
}

export function listsInWords({ before, after, overlap, kept, knobs }: SteeredLists): string {
  if (after.length === 0) return words.lists.empty;
  if (knobs.length === 0) return words.lists.untouched(after.length, after[0].title);
  const changes = rankChanges(before, after);
  const fresh = after.filter((_, i) => changes[i].from === null).slice(0, NAMED).map(({ title }) => title);
  const staying = Math.round(overlap * before.length);
  return words.lists.turned(staying, before.length, Math.round(100 * kept), after[0].title) +
    (fresh.length > 0 ? words.lists.fresh(fresh.join("; ")) : "");
}
