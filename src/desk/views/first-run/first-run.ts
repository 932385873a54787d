/**
 * The first visit: three sentences, a grid of titles to pick three to five from, then one fader to turn. Each pick
 * counts at once, so the list below is one's own as soon as there is something to say. It can be left at any time, is
 * not shown again by itself, and comes back from "How this works".
 */
import type { FoundItem, ModelSummary } from "../../../session/session-types.js";
import { button, element, setAttributes, setText } from "../../widgets/element.js";
import { recall, remember } from "../../widgets/remembered.js";
import type { SampleProfile } from "../../../model-folder/precomputed.js";
import { Roving } from "../../widgets/roving.js";
import { howItWorks } from "../help-dialog.js";
import type { DeskSession } from "../../state/desk-session.js";
import { addItem, isAtRest, removeItem, type DeskState } from "../../state/state.js";
import { takeTaste } from "../../state/opinions.js";
import type { Store } from "../../state/store.js";
import type { Strip } from "../../state/strips.js";
import { variedItems } from "../../state/varied-items.js";
import { titleParts } from "../../widgets/item-title.js";
import { words } from "../../words/words.js";

const KEY = "unknot-first-run";
/** Popular titles to choose the tiles among, and how near to one another they may not be. */
const POPULAR = 240;
const NEAREST = 25;
const [LEAST, MOST] = [3, 5];

/** Whether nobody went through it, or left it, in this browser. */
export function isFirstVisit(): boolean {
  return recall(KEY) === null;
}

export type FirstRunStep = "away" | "pick" | "turn" | "turned";

export class FirstRun {
  readonly node: HTMLElement;
  private step: FirstRunStep = "away";
  private tiles: { readonly id: string; readonly node: HTMLButtonElement }[] = [];
  private readonly grid = element("div", { class: "tiles", role: "group", "aria-label": words.first.grid });
  private readonly roving = new Roving(this.grid, { axis: () => "across" });
  private readonly says = element("p", { class: "says", role: "status" });
  private readonly goOn: HTMLButtonElement;
  private readonly leave: HTMLButtonElement;
  private readonly words: HTMLElement;
  /** While its taste is on the desk, and none of the person's own. */
  private example: SampleProfile | null = null;

  constructor(
    private readonly store: Store, private readonly session: Pick<DeskSession, "searchItems" | "similarItems">,
    summary: ModelSummary, private readonly stepped: (step: FirstRunStep) => void,
    private readonly failed: (error: unknown) => void,
  ) {
    this.goOn = button({ class: "action" }, () => this.go("turn"), words.first.goOn);
    this.leave = button({ class: "quiet" }, () => this.go("away"), words.first.skip);
    this.words = element("div", { class: "what" }, ...howItWorks(summary));
    this.node = element("section", { class: "panel first-run", "aria-labelledby": "first-heading", hidden: true },
      element("header", {}, element("h2", { id: "first-heading", tabindex: -1 }, words.first.heading), this.leave),
      this.words, element("div", { class: "saying" }, this.says, this.goOn), this.grid);
  }

  /** @param example the sample that is on the desk; null where the taste is the person's own */
  async open(example: SampleProfile | null): Promise<void> {
    this.example = example;
    this.go("pick");
    if (this.tiles.length > 0) return;
    try {
      const items = await variedItems(await this.session.searchItems("", POPULAR), async (id) =>
        (await this.session.similarItems(id, { n: NEAREST })).items.map((one) => one.id));
      this.fill(items);
    } catch (error) {
      this.go("away");
      this.failed(error);
    }
  }

  focus(): void {
    this.node.querySelector("h2")!.focus();
  }

  /** @param strips of the taste, the first of which is offered to be turned */
  update({ mix, place }: DeskState, strips: readonly Strip[]): void {
    if (this.example && mix.profile !== this.example.items) this.example = null;
    if (this.step === "turn" && mix.profile.length === 0) this.step = "pick";
    if (this.step === "turn" && !mix.channels.every(isAtRest)) this.step = "turned";
    this.node.hidden = this.step === "away" || place.view !== "desk";
    const picked = this.example === null ? this.tiles.filter(({ id }) => mix.profile.includes(id)).length : 0;
    for (const { id, node } of this.tiles) {
      const on = this.example === null && mix.profile.includes(id);
      setAttributes(node, { "aria-pressed": String(on), "aria-disabled": !on && picked >= MOST ? "true" : null });
    }
    this.goOn.hidden = this.step !== "pick";
    this.goOn.disabled = picked < LEAST;
    this.grid.hidden = this.words.hidden = this.step !== "pick";
    setText(this.leave, this.step === "pick" ? words.first.skip : words.first.done);
    setText(this.says, this.sentence(picked, strips));
    this.node.setAttribute("data-step", this.step);
  }

  /** Key of the strip to turn; null when none is asked for. */
  prompted(strips: readonly Strip[]): string | null {
    return this.step === "turn" ? strips[0]?.key ?? null : null;
  }

  private sentence(picked: number, strips: readonly Strip[]): string {
    if (this.step === "turned") return words.first.turned;
    if (this.step === "turn") return strips.length > 0 ? words.first.turn(strips[0].name) : "";
    const { pick, example } = words.first;
    return pick(picked) + (this.example === null ? "" : ` ${example(this.example.name)}`);
  }

  private go(step: FirstRunStep): void {
    this.step = step;
    if (step !== "pick") remember(KEY, "over");
    this.stepped(step);
  }

  private fill(items: readonly FoundItem[]): void {
    this.tiles = items.map(({ id, title }) => ({
      id, node: button({ class: "tile", dir: "auto", title, "aria-pressed": "false" }, () => this.toggle(id),
        element("span", {}, ...titleParts(title))),
    }));
    this.grid.replaceChildren(...this.tiles.map(({ node }) => node));
    this.roving.refresh();
    this.stepped(this.step);
  }

  /** The first pick puts an example's taste away. */
  private toggle(id: string): void {
    if (this.tiles.find((tile) => tile.id === id)?.node.getAttribute("aria-disabled") === "true") return;
    const { example } = this;
    this.example = null;
    this.store.mix((mix) => (example !== null ? takeTaste(mix, [id])
      : mix.profile.includes(id) ? removeItem(mix, id) : addItem(mix, id)));
  }
}
