/** "How this works", in plain words, with the keys; at every width. And the switch of the key that works anywhere. */
import { count } from "../../base/numbers.js";
import type { ModelSummary } from "../../session/session-types.js";
import { button, element } from "../widgets/element.js";
import { recall, remember } from "../widgets/remembered.js";

const SLASH = "unknot-slash";

/** Whether "/" goes to the search: speech input may type it by mistake (WCAG 2.1.4). */
export function slashSearches(): boolean {
  return recall(SLASH) !== "off";
}

/** What the desk is, in four sentences that need no other word explained. */
export function howItWorks({ items }: Pick<ModelSummary, "items">): HTMLElement[] {
  return [
    `From what you like, a recommender that knows ${count(items, "title")} works out your taste. Here it is taken ` +
      "apart into themes, and each theme has a fader.",
    "Push a fader up for more of a theme, down for less. Its position is how much of your list changes: halfway up, " +
      "half of the list is new.",
    "The list follows while you move. Choose a title to see why it is there; choose a theme’s name to see what it " +
      "stands for. Names in italics are guesses.",
  ].map((text) => element("p", {}, text));
}

export function helpDialog(summary: ModelSummary): HTMLDialogElement {
  const keys: [key: string, meaning: string][] = [
    ["↑ ↓", "turn a fader; with Shift, finely; Page ↑ ↓ in large steps"], ["← →", "to the next fader, chip or point"],
    ["0", "the fader back to rest"], ["M, S", "mute it; solo: mute all others"], ["Enter", "what it stands for"],
    ["Delete", "take it off the desk, or a title out of the taste"], ["/", "search for titles"],
    ["Ctrl Z", "undo; with Shift, redo"], ["Esc", "close what is open"],
  ];
  const slash = element("input", { type: "checkbox", id: "slash" });
  slash.checked = slashSearches();
  slash.addEventListener("change", () => remember(SLASH, slash.checked ? "on" : "off"));
  const dialog = element("dialog", { class: "help", "aria-labelledby": "help-heading" },
    element("h2", { id: "help-heading" }, "How this works"),
    ...howItWorks(summary),
    element("h3", {}, "Keys"),
    element("dl", {}, ...keys.flatMap(([key, meaning]) =>
      [element("dt", {}, element("kbd", {}, key)), element("dd", {}, meaning)])),
    element("p", { class: "hint" }, "Where faders lie, on small screens, ← → turn them and ↑ ↓ go to the next."),
    element("label", { for: "slash", class: "setting" }, slash, "The key / searches"));
  dialog.append(button({ class: "action" }, () => dialog.close(), "Close"));
  dialog.addEventListener("click", ({ target }) => {
    if (target === dialog) dialog.close();
  });
  return dialog;
}
