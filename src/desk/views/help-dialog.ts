/** "How this works", in plain words, with the keys; at every width. And the switch of the key that works anywhere. */
import type { ModelSummary } from "../../session/session-types.js";
import { button, element } from "../widgets/element.js";
import { recall, remember } from "../widgets/remembered.js";
import { words } from "../words/words.js";

const SLASH = "unknot-slash";

/** Whether "/" goes to the search: speech input may type it by mistake (WCAG 2.1.4). */
export function slashSearches(): boolean {
  return recall(SLASH) !== "off";
}

/** What the desk is, in four sentences that need no other word explained. */
export function howItWorks({ items }: Pick<ModelSummary, "items">): HTMLElement[] {
  return words.help.sentences(words.titles(items)).map((text) => element("p", {}, text));
}

/** @param pickAgain opens the first visit's grid of titles */
export function helpDialog(summary: ModelSummary, pickAgain: () => void): HTMLDialogElement {
  const slash = element("input", { type: "checkbox", id: "slash" });
  slash.checked = slashSearches();
  slash.addEventListener("change", () => remember(SLASH, slash.checked ? "on" : "off"));
  const dialog = element("dialog", { class: "help", "aria-labelledby": "help-heading" },
    element("h2", { id: "help-heading" }, words.help.title),
    ...howItWorks(summary),
    element("h3", {}, words.help.keysHeading),
    element("dl", {}, ...words.help.keys.flatMap(([key, meaning]) =>
      [element("dt", {}, element("kbd", {}, key)), element("dd", {}, meaning)])),
    element("p", { class: "hint" }, words.help.lying),
    element("label", { for: "slash", class: "setting" }, slash, words.help.slash));
  dialog.append(element("div", { class: "actions" }, button({ class: "action" }, () => {
    dialog.close();
    pickAgain();
  }, words.first.again), button({ class: "action" }, () => dialog.close(), words.close)));
  dialog.addEventListener("click", ({ target }) => {
    if (target === dialog) dialog.close();
  });
  return dialog;
}
