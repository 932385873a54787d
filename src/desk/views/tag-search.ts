/**
 * The box that puts tags on the desk. What is no tag may be a wish in words, "more film noir, less romance": it is read
 * as the service reads it (session/read-wish.ts), shown as what it would turn, and turned when chosen.
 */
import type { Wish } from "../../session/read-wish.js";
import type { FoundTag, KnobRequest } from "../../session/session-types.js";
import type { DeskSession } from "../state/desk-session.js";
import { addChannel, keyOf, setChannel, type Mix, type Target } from "../state/state.js";
import type { Store } from "../state/store.js";
import { Combobox } from "../widgets/combobox.js";
import { percent } from "../words/numbers.js";
import { words } from "../words/words.js";

const SUGGESTIONS = 8;

/** A tag, or what a wish asks for. */
export type Found =
  | { readonly kind: "tag"; readonly found: FoundTag }
  | ({ readonly kind: "wish" } & Wish);

/** @param chosen told the channel that came last */
export function tagSearch(
  store: Store, session: DeskSession, chosen: (key: string) => void, failed: (error: unknown) => void,
): Combobox<Found> {
  return new Combobox<Found>({
    name: "tag", label: words.mix.addTag, placeholder: words.mix.addTagShort,
    search: (text) => findTagOrWish(session, text),
    keyOf: (entry) => (entry.kind === "tag" ? entry.found.tag : `wish: ${wishInWords(entry.knobs)}`),
    titleOf: (entry) => (entry.kind === "tag" ? entry.found.tag : wishInWords(entry.knobs)),
    noteOf: (entry) => (entry.kind === "tag" ? words.items(entry.found.items) : noteOfWish(entry)),
    choose: (entry) => {
      const targets: Target[] = entry.kind === "tag"
        ? [{ kind: "tag", tag: entry.found.tag }] : entry.knobs.map(targetOf);
      store.mix((mix) => (entry.kind === "tag" ? addChannel(mix, targets[0]) : withWish(mix, entry.knobs)));
      chosen(keyOf(targets[targets.length - 1]));
    },
    failed,
  });
}

/** Tags whose names have the text; where none has, the wish that it may be. */
export async function findTagOrWish(
  session: Pick<DeskSession, "searchTags" | "wish">, text: string,
): Promise<readonly Found[]> {
  const tags = await session.searchTags(text, SUGGESTIONS);
  if (tags.length > 0) return tags.map((found): Found => ({ kind: "tag", found }));
  const wish = await session.wish(text);
  return wish.knobs.length > 0 ? [{ kind: "wish", ...wish }] : [];
}

/** What of a wish nothing was found for is said before it is chosen. */
export function noteOfWish({ unknown }: Pick<Wish, "unknown">): string {
  return unknown.length > 0 ? words.mix.wishInPart(unknown.join(", ")) : words.mix.wish;
}

/** All channels of a wish at once: one step of undo. */
export function withWish(mix: Mix, knobs: readonly KnobRequest[]): Mix {
  return knobs.reduce((next, knob) => setChannel(next, targetOf(knob), { strength: knob.turn ?? 0 }), mix);
}

/** "film noir +50 %, romance −50 %" */
export function wishInWords(knobs: readonly KnobRequest[]): string {
  return knobs.map(({ tag, concept, turn = 0 }) =>
    `${tag ?? concept} ${turn < 0 ? "−" : "+"}${percent(Math.abs(turn))}`).join(", ");
}

function targetOf({ tag, concept }: KnobRequest): Target {
  return tag !== undefined ? { kind: "tag", tag } : { kind: "concept", concept: concept! };
}
