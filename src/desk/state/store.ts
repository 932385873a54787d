/**
 * The desk's one state while the page is open: it keeps the undo history, tells the views, and keeps the address in
 * step. Undo takes back the mix and leaves the place alone.
 */
import { readAddress, writeAddress } from "./address.js";
import { endGesture, historyOf, record, redo, undo, type History } from "./history.js";
import type { DeskState, Mix, Place } from "./state.js";

/** Browsers refuse an address that changes with every frame. */
const ADDRESS_DELAY_MS = 150;

export class Store {
  private history: History<Mix>;
  private place: Place;
  private readonly listeners: ((state: DeskState) => void)[] = [];
  private timer: ReturnType<typeof setTimeout> | null = null;

  constructor(state: DeskState) {
    this.history = historyOf(state.mix);
    this.place = state.place;
    addEventListener("hashchange", () => this.readAddress());
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
    this.place = { ...this.place, ...change };
    this.tell();
  }

  /** The address of this state, for a link. */
  get link(): string {
    return `${location.href.split("#")[0]}#${writeAddress(this.state)}`;
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

  private writeAddress(): void {
    if (this.timer === null) return;
    clearTimeout(this.timer);
    this.timer = null;
    history.replaceState(null, "", this.link);
  }

  /** The user typed or followed another address: one step of undo. */
  private readAddress(): void {
    if (location.hash.slice(1) === writeAddress(this.state)) return;
    const { mix, place } = readAddress(location.hash);
    this.place = place;
    this.history = record(this.history, mix);
    this.tell();
  }
}
