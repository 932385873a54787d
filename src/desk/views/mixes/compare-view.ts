/**
 * Two settings to go to and fro between, and a button that, while it is held (by pointer, Space or Enter), shows the
 * list of the other one, or the one with nothing turned.
 */
import { button, element, setAttributes } from "../../widgets/element.js";
import { toSlot } from "../../state/slots.js";
import type { Mix } from "../../state/state.js";
import type { Store } from "../../state/store.js";
import { words } from "../../words/words.js";

export class CompareView {
  readonly node: HTMLElement;
  private readonly slots: readonly { readonly slot: Mix["slot"]; readonly node: HTMLButtonElement }[];
  private readonly hold = element("button", {
    class: "quiet hold", type: "button", title: words.compare.holdMeaning, "aria-pressed": "false",
  }, words.compare.hold);
  private held = false;

  /** @param holds told when the button is held, and when it is let go */
  constructor(store: Store, private readonly holds: (held: boolean) => void) {
    this.slots = (["A", "B"] as const).map((slot) => ({
      slot, node: button({ "aria-label": words.compare.slot(slot) }, () => store.mix((mix) => toSlot(mix, slot)), slot),
    }));
    this.hold.addEventListener("pointerdown", (event) => {
      this.hold.setPointerCapture(event.pointerId);
      this.set(true);
    });
    this.hold.addEventListener("keydown", ({ key }) => {
      if (key === " " || key === "Enter") this.set(true);
    });
    for (const event of ["pointerup", "pointercancel", "lostpointercapture", "keyup", "blur"]) {
      this.hold.addEventListener(event, () => this.set(false));
    }
    this.hold.addEventListener("contextmenu", (event) => event.preventDefault());
    this.node = element("div", { class: "compare" },
      element("div", { class: "switch", role: "group", "aria-label": words.compare.slots },
        ...this.slots.map(({ node }) => node)), this.hold);
  }

  /** @param turned whether there is anything to compare */
  update({ slot, spare }: Mix, turned: boolean): void {
    for (const { slot: own, node } of this.slots) setAttributes(node, { "aria-pressed": String(own === slot) });
    this.hold.disabled = !turned && spare === null;
  }

  private set(held: boolean): void {
    if (held === this.held) return;
    this.held = held;
    setAttributes(this.hold, { "aria-pressed": String(held) });
    this.holds(held);
  }
}
