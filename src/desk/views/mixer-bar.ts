/**
 * The bar at the foot of a small screen: names what is turned, and opens the mixer as a sheet above it. Elsewhere the
 * style sheet leaves it out.
 */
import { button, element, setAttributes, setText } from "../widgets/element.js";
import { fixed, signed } from "../words/numbers.js";
import { isAtRest, type DeskState } from "../state/state.js";
import type { Store } from "../state/store.js";
import type { Strip } from "../state/strips.js";
import { words } from "../words/words.js";

export class MixerBar {
  readonly node: HTMLElement;
  readonly opener: HTMLButtonElement;
  private readonly words = element("span", { class: "title", dir: "auto" });
  private readonly undo: HTMLButtonElement;

  constructor(private readonly store: Store, toggle: () => void) {
    this.opener = button({ class: "mixer-opener", "aria-controls": "mixer", "aria-expanded": "false" }, toggle,
      element("b", {}, words.mix.heading), this.words);
    this.undo = button({ class: "quiet" }, () => store.undo(), words.undo);
    this.node = element("div", { class: "mixer-bar", role: "region", "aria-label": words.mix.inShort },
      this.opener, this.undo);
  }

  update({ mix }: DeskState, strips: readonly Strip[], open: boolean): void {
    const { paper } = mix;
    const turned = strips.filter(({ channel }) => !isAtRest(channel)).map(turnedWords);
    setText(this.words, paper ? (paper.tag === null ? words.mix.noTag : `${paper.tag} ${fixed(paper.strength, 2)}`)
      : turned.length > 0 ? turned.join(", ") : words.mix.nothingTurned);
    this.undo.disabled = !this.store.canUndo;
    setAttributes(this.opener, { "aria-expanded": String(open) });
  }
}

function turnedWords({ name, channel: { strength, muted, solo } }: Strip): string {
  if (muted) return words.mix.mutedName(name);
  return `${name}${strength === 0 ? "" : ` ${signed(strength, 2)}`}${solo ? words.mix.soloMark : ""}`;
}
