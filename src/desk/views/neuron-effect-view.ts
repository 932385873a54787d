/**
 * What turning one neuron does to the list of this taste, all else at rest: how much of the list is new and how much of
 * the taste is kept at three positions of its fader, what comes with it turned up, and what goes with it muted.
 */
import type { ListedItem, SteeredLists } from "../../session/session-types.js";
import { itemList } from "../state/measured-lists.js";
import type { Store } from "../state/store.js";
import { percent, signed } from "../words/numbers.js";
import { element } from "../widgets/element.js";
import { words } from "../words/words.js";

const [UP, MUTED] = [1, -1];
/** What is asked of the session, in this order: a little, all the way up, muted. */
export const EFFECT_STRENGTHS: readonly number[] = [0.3, UP, MUTED];
/** Titles that come or go. */
const NAMED = 4;

/** @param lists of each strength; null while they are worked out, or where there is no taste to turn */
export function neuronEffectView(store: Store, lists: readonly SteeredLists[] | null, hasTaste: boolean): HTMLElement {
  const heading = element("h3", {}, words.card.effect);
  if (!lists) {
    return element("section", {}, heading,
      element("p", { class: "hint" }, hasTaste ? words.card.effectComes : words.card.effectNeedsTaste));
  }
  const at = (strength: number): SteeredLists => lists[EFFECT_STRENGTHS.indexOf(strength)];
  const rows = EFFECT_STRENGTHS.map((strength) => {
    const { after, overlap, before, kept } = at(strength);
    const fresh = before.length - Math.round(overlap * before.length);
    return element("tr", {}, element("th", { scope: "row" }, signed(strength, 2)),
      element("td", { class: "number" }, words.card.newOf(fresh, after.length)),
      element("td", { class: "number" }, percent(kept)));
  });
  return element("section", { class: "turned-effect" }, heading,
    element("table", {}, element("thead", {}, element("tr", {},
      ...words.card.effectColumns.map((name) => element("th", { scope: "col" }, name)))),
    element("tbody", {}, ...rows)),
    itemList(words.card.comes(signed(UP, 0)), missing(at(UP).after, at(UP).before), store, null),
    itemList(words.card.goes(signed(MUTED, 0)), missing(at(MUTED).before, at(MUTED).after), store, null));
}

/** The first of one list that another does not have. */
function missing(list: readonly ListedItem[], other: readonly ListedItem[]): ListedItem[] {
  const has = new Set(other.map(({ item }) => item));
  return list.filter(({ item }) => !has.has(item)).slice(0, NAMED);
}
