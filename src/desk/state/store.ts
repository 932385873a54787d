/**
 * The desk's one state while the page is open: it keeps the undo history, tells the views, and keeps the address in
 * step. Undo takes back the mix and leaves the place alone; the browser's Back does the reverse (back-stack.ts).
 */
import { writeAddress, writeOrigin } from "./address.js";
import { BackStack } from "./back-stack.js";
import type { FittedLink, ModelNames } from "./fit-link.js";
import { endGesture, historyOf, record, redo, undo, type History } from "./history.js";
import { withSetting } from "./slots.js";
import { emptyState, type DeskState, type Mix, type Place, type Target } from "./state.js";

/** How addresses are written and read for the model that is open. */
export interface Links extends Pick<ModelNames, "fingerprint" | "labels"> {
  /** The state of an address, as far as this model has what it names. */
  read(hash: string): Promise<FittedLink>;
}

/** Browsers refuse an address that changes with every frame. */
const ADDRESS_DELAY_MS = 150;

export class Store {
  private history: History<Mix>;
  private place: Place;
  private readonly listeners: ((state: DeskState) => void)[] = [];
  private timer: ReturnType<typeof setTimeout> | null = null;
  readonly back = new BackStack();
  /** The address that is being read. */
  private read: string | null = null;
  private noted: (note: string | null) => void = () => {};

  constructor(state: DeskState, private readonly links: Links) {
    this.history = historyOf(state.mix);
    this.place = state.place;
    addEventListener("popstate", ({ state: entry }) => {
      if (this.back.went(entry)) void this.readAddress();
      else this.back.write(this.link);
    });
    addEventListener("hashchange", () => void this.readAddress());
    addEventListener("pagehide", () => this.writeAddress());
  }

  get state(): DeskState {
    return { mix: this.history.present, place: this.place };
  }

  get canUndo(): boolean {
    return this.history.past.length > 0;
  }

  get canRedo(): boolean {
    return this.history.future.length > 0;
  }

  onChange(listener: (state: DeskState) => void): void {
    this.listeners.push(listener);
  }

  /** @param listener told what of a link that was followed had to be left out; null for nothing */
  onNote(listener: (note: string | null) => void): void {
    this.noted = listener;
  }

  /** Changes the mix; calls with the same gesture are one step of undo. */
  mix(change: (mix: Mix) => Mix, gesture: string | null = null): void {
    this.turn(record(this.history, change(this.history.present), gesture));
  }

  endGesture(): void {
    this.history = endGesture(this.history);
  }

  undo(): void {
    this.turn(undo(this.history));
  }

  redo(): void {
    this.turn(redo(this.history));
  }

  /** Looks at something else. */
  go(change: Partial<Place>): void {
    const before = this.place;
    this.place = { ...before, ...change };
    // The entry that stays behind holds what was there.
    if (this.timer !== null) this.writeAddress(before);
    this.mark("card", before.inspected !== null, this.place.inspected !== null, { inspected: null });
    this.mark("atlas", before.view === "atlas", this.place.view === "atlas", { view: "desk" });
    this.tell();
  }

  /** What opens is closed by Back. */
  private mark(name: string, was: boolean, is: boolean, closed: Partial<Place>): void {
    if (is && !was) this.back.opened(name, () => this.go(closed));
    else if (was && !is) this.back.closed(name);
  }

  /** Of the names of the model that is open. */
  get fingerprint(): string {
    return this.links.fingerprint;
  }

  /** The address of this state, for a link. */
  get link(): string {
    return this.linkTo(this.state);
  }

  /** The address of a thing's card in the atlas, without anybody's taste. */
  linkToCard(inspected: Target): string {
    return this.linkTo({ ...emptyState, place: { ...emptyState.place, view: "atlas", inspected } });
  }

  /** The settings of the knobs alone, as what stands behind a link's "#". */
  get settingLink(): string {
    return this.linkTo({ ...emptyState, mix: withSetting(emptyState.mix, this.state.mix) }).split("#")[1];
  }

  /** What this model has of a link's state. */
  readLink(hash: string): Promise<FittedLink> {
    return this.links.read(hash);
  }

  private turn(history: History<Mix>): void {
    const changed = history.present !== this.history.present;
    this.history = history;
    if (changed) this.tell();
  }

  private tell(): void {
    this.timer ??= setTimeout(() => this.writeAddress(), ADDRESS_DELAY_MS);
    for (const listener of this.listeners) listener(this.state);
  }

  private writeAddress(place = this.place): void {
    if (this.timer === null) return;
    clearTimeout(this.timer);
    this.timer = null;
    this.back.write(this.linkTo({ mix: this.state.mix, place }));
  }

  /** The user typed or followed another address: one step of undo. */
  private async readAddress(): Promise<void> {
    const { hash } = location;
    if (this.read === hash || this.link.endsWith(hash)) return;
    this.read = hash;
    const { state: { mix, place }, note } = await this.links.read(hash);
    // Another one may have been followed meanwhile.
    if (this.read !== hash) return;
    this.read = null;
    this.place = place;
    this.history = record(this.history, mix);
    this.tell();
    this.noted(note);
  }

  private linkTo(state: DeskState): string {
    const { fingerprint, labels } = this.links;
    const parts = [writeAddress(state), writeOrigin(state, fingerprint, labels)];
    return `${location.href.split("#")[0]}#${parts.filter((part) => part !== "").join("&")}`;
  }
}
