/**
 * The desk's channels: a strip for each, a box to add tags, the share of activation that is moved, undo and reset. On
 * small screens (desk.css says which) the first strips stand on the page as rows, and all of them in a sheet that
 * `toggle` opens.
 */
import { percent } from "../words/numbers.js";
import { BrowseDialog } from "./browse-dialog.js";
import type { Combobox } from "../widgets/combobox.js";
import type { DeskSession } from "../state/desk-session.js";
import { button, element, setAttributes, setLength, setText } from "../widgets/element.js";
import { KeyedList } from "../widgets/keyed-list.js";
import { MixesDialog } from "./mixes/mixes-dialog.js";
import { MixerBar } from "./mixer-bar.js";
import { Roving } from "../widgets/roving.js";
import { sheet } from "../widgets/sheet.js";
import { PaperView } from "./paper-view.js";
import {
  isAtRest, keyOf, movedShare, resetMix, restingPaperKnob, type Channel, type DeskState,
} from "../state/state.js";
import type { Store } from "../state/store.js";
import { stripView } from "./strip-view.js";
import type { Strip } from "../state/strips.js";
import { tagSearch, type Found } from "./tag-search.js";
import { words } from "../words/words.js";

export class MixerView {
  /** Keeps the mixer's room on the page while it is a sheet. */
  readonly node: HTMLElement;
  readonly bar: MixerBar;
  private readonly panel: HTMLElement;
  private isOpen = false;
  private readonly roving: Roving;
  private readonly strips = element("ul", { class: "strips", "aria-label": words.mix.channels });
  private readonly list: KeyedList<Strip>;
  private readonly paper: PaperView;
  private readonly tagSearch: Combobox<Found>;
  private readonly moved = element("span", { class: "moved-value" });
  private readonly movedBar = element("i");
  /** Neurons share the activation that can be moved; positions of tags and concepts share nothing. */
  private readonly budget = element("span", { class: "budget" },
    element("span", { title: words.mix.movedMeaning }, words.mix.moved),
    element("span", { class: "bar", "aria-hidden": "true" }, this.movedBar), this.moved);
  /** Why a fader stands lower than it was pushed, or acts less than it stands. */
  private readonly limit = element("p", { class: "hint limit", role: "status" });
  private readonly browse: BrowseDialog;
  private readonly mixes: MixesDialog;
  private readonly empty = element("p", { class: "hint empty" }, words.mix.nothing);
  private readonly undo: HTMLButtonElement;
  private readonly redo: HTMLButtonElement;
  private readonly reset: HTMLButtonElement;
  private readonly modes: readonly [channels: HTMLButtonElement, paper: HTMLButtonElement];

  constructor(
    private readonly store: Store, session: DeskSession, hasTags: boolean, length: number,
    failed: (error: unknown) => void, note: (text: string | null) => void,
  ) {
    this.mixes = new MixesDialog(store, note);
    const { mixes } = this;
    this.browse = new BrowseDialog(store, session, hasTags, length, (target) => this.focusStrip(keyOf(target)));
    this.list = new KeyedList(this.strips, ({ key }) => key, (strip) => stripView(strip, store));
    this.roving = new Roving(this.strips, { axis: () => (lyingFaders(this.strips) ? "down" : "across") });
    this.bar = new MixerBar(store, () => this.toggle());
    this.paper = new PaperView(store, session, failed);
    this.tagSearch = tagSearch(store, session, (key) => this.focusStrip(key), failed);
    this.undo = button({ class: "quiet", title: words.mix.undoKey }, () => store.undo(), words.undo);
    this.redo = button({ class: "quiet", title: words.mix.redoKey }, () => store.redo(), words.mix.redo);
    this.reset = button({ class: "quiet" }, () => store.mix(resetMix), words.mix.reset);
    this.modes = [
      button({}, () => store.mix((mix) => ({ ...mix, paper: null })), words.mix.channels),
      button({ title: words.mix.paperMeaning }, () => {
        store.mix((mix) => (mix.paper ? mix : { ...mix, paper: restingPaperKnob }));
      }, words.mix.paper),
    ];
    const header = element("header", {},
      element("h2", { id: "mixer-heading" }, words.mix.heading),
      hasTags ? element("div", { class: "switch", role: "group", "aria-label": words.mix.kind }, ...this.modes) : null,
      hasTags ? this.tagSearch.node : null,
      button({ class: "quiet", "aria-haspopup": "dialog" }, () => this.browse.open(), words.mix.browse),
      button({ class: "quiet mixes-opener", "aria-haspopup": "dialog" }, () => mixes.open(), words.mixes.open),
      this.budget,
      element("div", { class: "tools", role: "group", "aria-label": words.mix.history },
        this.undo, this.redo, this.reset),
      button({ class: "icon close", "aria-label": words.mix.close }, () => this.toggle(), "×"));
    this.panel = element("section", { class: "panel mixer", id: "mixer", "aria-labelledby": "mixer-heading" },
      header, this.limit, this.strips, this.paper.node, this.empty, this.browse.node, mixes.node);
    this.node = element("div", { class: "mixer-place" }, this.panel);
    sheet(this.panel, {
      grip: header, isOpen: () => this.isOpen, close: () => this.toggle(),
      spares: (target) => this.bar.node.contains(target),
    });
    this.panel.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !this.isOpen || event.defaultPrevented) return;
      event.preventDefault();
      this.toggle();
    });
  }

  /** Opens or closes the sheet of small screens. */
  toggle(): void {
    const { back } = this.store;
    this.isOpen = !this.isOpen;
    this.panel.classList.toggle("open", this.isOpen);
    setAttributes(this.bar.opener, { "aria-expanded": String(this.isOpen) });
    if (this.isOpen) {
      back.opened("mixer", () => this.isOpen && this.toggle());
      const first = this.panel.querySelector<HTMLElement>('.strips:not([hidden]) input[tabindex="0"], .paper input');
      first?.focus({ preventScroll: true });
    } else {
      back.closed("mixer");
      if (this.panel.contains(document.activeElement)) this.bar.opener.focus();
    }
  }

  /** @param scaled see SteeredLists */
  update(state: DeskState, strips: readonly Strip[], scaled: number): void {
    const { mix } = state;
    this.list.update(strips);
    this.mixes.update(strips);
    this.roving.refresh();
    this.bar.update(state, strips, this.isOpen);
    this.strips.hidden = mix.paper !== null || strips.length === 0;
    this.empty.hidden = mix.paper !== null || strips.length > 0;
    this.paper.update(mix.paper);
    this.tagSearch.node.classList.toggle("away", mix.paper !== null);
    const moved = mix.paper ? (mix.paper.tag === null ? 0 : mix.paper.strength) : movedShare(mix.channels);
    this.budget.hidden = mix.paper === null && !mix.channels.some(({ target }) => target.kind === "neuron");
    setText(this.limit, mix.paper ? "" : limitInWords(mix.channels, scaled));
    setText(this.moved, percent(moved));
    setLength(this.movedBar, "--share", moved);
    this.undo.disabled = !this.store.canUndo;
    this.redo.disabled = !this.store.canRedo;
    this.reset.disabled = mix.channels.every(isAtRest) && (mix.paper?.strength ?? 0) === 0;
    const mode = mix.paper === null ? 0 : 1;
    this.modes.forEach((node, i) => setAttributes(node, { "aria-pressed": String(i === mode) }));
  }

  /** Marks the strip that a newcomer is asked to turn; null for none. */
  prompt(key: string | null): void {
    for (const strip of Array.from(this.strips.children)) {
      strip.classList.toggle("prompted", key !== null && strip.getAttribute("data-key") === key);
    }
  }

  /** After adding one: shows it and puts the focus on its fader. */
  focusStrip(key: string): void {
    const node = Array.from(this.strips.children).find((strip) => strip.getAttribute("data-key") === key);
    if (!(node instanceof HTMLElement)) return;
    this.roving.enter(node);
    node.querySelector("input")?.focus({ preventScroll: true });
    this.strips.scrollTo({ left: node.offsetLeft, behavior: "instant" });
  }
}

/**
 * What is shared among faders, and spent: neurons share the activation, and what tags and concepts need must fit beside
 * it. "" where nothing is.
 */
export function limitInWords(channels: readonly Channel[], scaled: number): string {
  const up = channels.filter(({ target, strength, muted }) => target.kind === "neuron" && strength > 0 && !muted);
  if (scaled < 1) {
    return words.mix.scaled(percent(scaled));
  }
  return up.length > 1 && movedShare(channels) >= 1
    ? words.mix.spent : "";
}

/** Whether faders lie, as on small screens: arrows up and down then go from strip to strip. */
function lyingFaders(strips: HTMLElement): boolean {
  const fader = strips.querySelector("input");
  return fader !== null && getComputedStyle(fader).writingMode.startsWith("horizontal");
}
