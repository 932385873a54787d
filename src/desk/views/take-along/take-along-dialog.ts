/** The list to take along: copied as text, saved as CSV, or as a picture. Nothing leaves the page for it. */
import type { ListedItem } from "../../../session/session-types.js";
import { button, element, setText } from "../../widgets/element.js";
import { asCsv, asText } from "../../state/list-table.js";
import { fixed, signed } from "../../words/numbers.js";
import type { Mix, PaperKnob } from "../../state/state.js";
import type { Strip } from "../../state/strips.js";
import { words } from "../../words/words.js";
import { drawShareCard, type ShareCard } from "./share-card.js";

/** How long "Copied" stays. */
const COPIED_MS = 1600;
/** Until a browser has begun to save what it was given. */
const SAVED_MS = 10_000;

export class TakeAlongDialog {
  readonly node: HTMLDialogElement;
  private items: readonly ListedItem[] = [];
  private readonly canvas = element("canvas", { role: "img", "aria-label": words.take.card });

  /** @param model as the page's head names it */
  constructor(private readonly model: string) {
    const { take } = words;
    const copy = button({ class: "action" }, () => {
      const written = navigator.clipboard.writeText(asText(this.items)).then(() => take.copied, () => take.refused);
      void written.then((text) => {
        setText(copy, text);
        setTimeout(() => setText(copy, take.text), COPIED_MS);
      });
    }, take.text);
    this.node = element("dialog", { class: "take-along", "aria-labelledby": "take-heading" },
      element("header", {}, element("h2", { id: "take-heading" }, take.heading),
        button({ class: "icon", "aria-label": words.close, title: words.card.closeKey }, () => this.node.close(), "×")),
      element("div", { class: "actions" }, copy,
        // The mark before it tells spreadsheets that it is UTF-8.
        button({ class: "action" }, () => save(new Blob(["\ufeff", asCsv(this.items)], { type: "text/csv" }), "csv"),
          take.csv),
        button({ class: "action" }, () => this.canvas.toBlob((blob) => blob && save(blob, "png")), take.picture)),
      this.canvas, element("p", { class: "hint" }, take.hint));
    this.node.addEventListener("click", ({ target }) => {
      if (target === this.node) this.node.close();
    });
  }

  /** @param strips of which those that are turned are named */
  open(items: readonly ListedItem[], { paper }: Mix, strips: readonly Strip[]): void {
    this.items = items;
    const turned = paper ? ofPaper(paper) : ofStrips(strips);
    drawShareCard(this.canvas, {
      heading: words.lists.heading, items, turned, model: this.model,
      turnedHeading: turned.length > 0 ? words.take.turnedBy : words.take.untouched,
    });
    this.node.showModal();
  }
}

function ofStrips(strips: readonly Strip[]): ShareCard["turned"] {
  return strips.filter(({ channel: { strength, muted, solo }, silent }) =>
    muted || ((strength !== 0 || solo) && !silent)).map(({ name, channel: { strength, muted, solo } }) => ({
    text: muted ? words.mix.mutedName(name) : `${signed(strength, 2)} ${name}${solo ? words.mix.soloMark : ""}`,
    up: !muted && (strength > 0 || solo),
  }));
}

function ofPaper({ tag, strength }: PaperKnob): ShareCard["turned"] {
  if (tag === null || strength === 0) return [];
  return [{ text: words.paper.towards(`α ${fixed(strength, 2)}`, tag), up: true }];
}

function save(blob: Blob, ending: string): void {
  const url = URL.createObjectURL(blob);
  element("a", { href: url, download: `${words.take.file}.${ending}` }).click();
  setTimeout(() => URL.revokeObjectURL(url), SAVED_MS);
}
