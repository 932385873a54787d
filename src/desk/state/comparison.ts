/** What stands in place of the list afterwards while a person holds the button that compares (slots.ts says what). */
import type { SteeredLists } from "../../session/session-types.js";
import { words } from "../words/words.js";
import type { DeskSession } from "./desk-session.js";
import { knobRequests } from "./knob-requests.js";
import { listOf, tasteOf } from "./opinions.js";
import { comparedWith } from "./slots.js";
import type { Mix } from "./state.js";

interface Held {
  readonly name: string;
  readonly lists: SteeredLists;
}

export class Comparison {
  /** Null while nothing is held. */
  held: Held | null = null;

  constructor(
    private readonly session: Pick<DeskSession, "steer">, private readonly length: number,
    private readonly changed: () => void, private readonly failed: (error: unknown) => void,
  ) {}

  /** At once with nothing turned, and with the other setting's list as soon as it has come. */
  begin(mix: Mix, steered: SteeredLists): void {
    const other = comparedWith(mix);
    const held: Held = this.held = {
      name: other.slot === null ? words.compare.nothingTurned : words.compare.slot(other.slot),
      lists: { ...steered, after: steered.before, overlap: 1, kept: 1 },
    };
    const requests = knobRequests(other.mix);
    if (requests.length > 0) {
      this.session.steer(tasteOf(mix), requests, listOf(mix, this.length)).then((lists) => {
        if (this.held !== held) return;
        // The two columns stay where they are.
        this.held = { ...held, lists: { ...lists, knobs: steered.knobs.length > 0 ? steered.knobs : lists.knobs } };
        this.changed();
      }, this.failed);
    }
    this.changed();
  }

  end(): void {
    if (this.held === null) return;
    this.held = null;
    this.changed();
  }
}
