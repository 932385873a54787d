/** Keys that work anywhere on the page: undo, redo, search, close. Those of a strip are in strip-view.ts. */
import { slashSearches } from "../views/help-dialog.js";
import type { Inspector } from "../views/inspector.js";
import type { Store } from "../state/store.js";

export function listenForKeys(store: Store, places: { inspector: Inspector; search: HTMLInputElement }): void {
  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || document.querySelector("dialog[open]")) return;
    const typing = event.target instanceof HTMLInputElement && event.target.type !== "range";
    const command = event.ctrlKey || event.metaKey;
    const key = event.key.toLowerCase();
    if (command && key === "z" && !typing) {
      if (event.shiftKey) store.redo();
      else store.undo();
    } else if (command && key === "y" && !typing) {
      store.redo();
    } else if (event.key === "Escape" && store.state.place.inspected !== null) {
      places.inspector.leave();
    } else if (event.key === "/" && !typing && !command && slashSearches()) {
      store.go({ view: "desk" });
      places.search.focus();
    } else {
      return;
    }
    event.preventDefault();
  });
}
