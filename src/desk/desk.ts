/**
 * The desk: asks the session what the state needs, and hands state and answers to the views. Data flows one way: a view
 * changes the store, the store tells the desk, the desk asks, and answers come back to the views.
 */
import type {
  AtlasNeuron, ExplainedItem, KnobRequest, ListedItem, ModelSummary, SteeredLists, UserReport,
} from "../session/session-types.js";
import type { SampleProfile } from "../model-folder/precomputed.js";
import { DESK_LIST as LIST } from "../browser/first-answers.js";
import { Announcer } from "./widgets/announcer.js";
import { AtlasView } from "./views/atlas-view.js";
import { Carriers, effectsOf } from "./state/carriers.js";
import { Comparison } from "./state/comparison.js";
import { Cards } from "./views/cards.js";
import type { DeskSession } from "./state/desk-session.js";
import { button, element, setAttributes } from "./widgets/element.js";
import { howItWorks } from "./views/help-dialog.js";
import { FirstRun, type FirstRunStep } from "./views/first-run/first-run.js";
import { Inspector } from "./views/inspector.js";
import { listenForKeys } from "./widgets/keyboard.js";
import { knobRequests } from "./state/knob-requests.js";
import { Latest } from "./state/latest.js";
import { ListsView } from "./views/lists-view.js";
import { MixerView } from "./views/mixer-view.js";
import { Notice } from "./widgets/notice.js";
import { modelName, pageHeader } from "./views/page-header.js";
import { ProfileView } from "./views/profile-view.js";
import { listOf, opinionOf, takeTaste, tasteOf, type Opinion } from "./state/opinions.js";
import { emptyState, type DeskState, type Mix, type Place } from "./state/state.js";
import type { Store } from "./state/store.js";
import { stripsOf, type Strip } from "./state/strips.js";
import { TakeAlongDialog } from "./views/take-along/take-along-dialog.js";
import { Titles } from "./state/titles.js";
import { reasonsOf } from "./state/score-parts.js";
import { whyView, type Standing } from "./views/why-view.js";
import { words } from "./words/words.js";

interface SteerQuestion {
  readonly mix: Mix;
  readonly requests: readonly KnobRequest[];
}

export class Desk {
  private readonly labels: readonly (string | null)[];
  private readonly profileView: ProfileView;
  private readonly mixer: MixerView;
  private readonly lists: ListsView;
  private readonly atlas: AtlasView;
  private readonly inspector: Inspector;
  private readonly announcer = new Announcer();
  private readonly notice = new Notice();
  private readonly carriers: Carriers;
  private readonly header: ReturnType<typeof pageHeader>;

  private user: UserReport | null = null;
  private steered: SteeredLists | null = null;
  /** The state that the last questions were about. */
  private asked: DeskState | null = null;

  private readonly users: Latest<Mix, UserReport>;
  private readonly steers: Latest<SteerQuestion, SteeredLists>;
  private readonly whys: Latest<{ mix: Mix; id: string }, [turned: ExplainedItem, rest: ExplainedItem | null]>;
  private readonly cards: Cards;
  private readonly titles: Titles;
  private readonly take: TakeAlongDialog;
  private readonly firstRun: FirstRun;
  private readonly comparison: Comparison;

  constructor(
    private readonly root: HTMLElement, private readonly store: Store, private readonly session: DeskSession,
    summary: ModelSummary, samples: readonly SampleProfile[], private readonly everyNeuron: readonly AtlasNeuron[],
  ) {
    const failed = (error: unknown): void => this.fail(error);
    this.labels = everyNeuron.map(({ label }) => label);
    this.carriers = new Carriers(session, () => this.render());
    this.titles = new Titles(session, () => this.render());
    this.header = pageHeader(store, summary, session.opened, () => this.pickAgain());
    this.profileView = new ProfileView(store, session, samples, failed,
      (text, profile) => this.offerBack(text, (mix) => takeTaste(mix, profile)), (id) => this.titles.of(id));
    this.mixer = new MixerView(store, session, summary.tags > 0, LIST, failed, (note) => this.say(note));
    this.lists = new ListsView(store, LIST, {
      think: (opinion, item) => this.think(opinion, item), hold: (held) => this.hold(held),
      takeAlong: () => this.take.open(this.steered?.after ?? [], this.store.state.mix, this.strips()),
    });
    this.comparison = new Comparison(session, LIST, () => this.render(), failed);
    this.take = new TakeAlongDialog(modelName(summary));
    this.firstRun = new FirstRun(store, session, summary, (step) => this.stepped(step), failed);
    this.atlas = new AtlasView(store);
    this.inspector = new Inspector(store, welcome(summary));
    this.users = new Latest((mix) => session.inspectUser(tasteOf(mix), LIST), (user, { profile }) => {
      if (profile !== this.store.state.mix.profile) return;
      this.user = user;
      this.titles.learn(user.history);
      this.render();
    }, failed);
    const steer = ({ mix, requests }: SteerQuestion): Promise<SteeredLists> =>
      session.steer(tasteOf(mix), requests, listOf(mix, LIST));
    this.steers = new Latest(steer, (steered) => {
      this.steered = steered;
      this.titles.learn(steered.after);
      this.notice.dismiss("failure");
      this.announcer.lists(steered);
      this.render();
    }, failed);
    this.whys = new Latest(({ mix, id }) => this.explain(mix, id), ([turned, rest], { mix, id }) => {
      const { inspected } = this.store.state.place;
      if (inspected?.kind !== "item" || inspected.id !== id) return;
      this.inspector.show(`item ${id}`, whyView(store, mix, turned, rest, this.standing(turned)));
    }, failed);
    this.cards = new Cards(store, session, this.inspector, LIST, everyNeuron,
      (key) => this.strips().some((strip) => strip.key === key), failed);
  }

  /** Puts the page together and follows the store from now on. */
  start(): void {
    const { root, store } = this;
    root.replaceChildren(button({ class: "skip" }, () => {
      store.go({ view: "desk" });
      this.lists.focus();
    }, words.page.skip), this.header.node, this.notice.node, this.firstRun.node,
    element("main", { id: "main" }, this.profileView.node,
      element("div", { class: "centre" }, this.mixer.node, this.lists.node, this.atlas.node), this.inspector.node),
    this.take.node, this.header.footer, this.mixer.bar.node, this.announcer.node);
    this.atlas.show(this.everyNeuron);
    listenForKeys(store, { inspector: this.inspector, search: this.profileView.search.input });
    store.onChange(() => this.follow());
    store.onNote((note) => this.say(note));
    this.follow();
  }

  /** What was left out of a link; null takes the last word back. */
  say(note: string | null): void {
    if (note === null) this.notice.dismiss("note");
    else this.notice.say("note", note);
  }

  /** Asks for what the change needs, and shows what is known. */
  private follow(): void {
    const { mix, place } = this.store.state;
    const { asked } = this;
    this.asked = { mix, place };
    this.titles.want([...mix.disliked, ...mix.never]);
    const turned = mix !== asked?.mix;
    if (mix.profile.length === 0) {
      this.users.clear();
      this.steers.clear();
      [this.user, this.steered] = [null, null];
    } else if (turned) {
      if (mix.profile !== asked?.mix.profile || mix.disliked !== asked.mix.disliked) this.users.put(mix);
      this.steers.put({ mix, requests: knobRequests(mix) });
    }
    this.inspect(place, mix, turned || place.inspected !== asked.place.inspected);
    this.render();
  }

  /** @param changed whether the thing looked at, or the mix, is not what it was */
  private inspect({ inspected }: Place, mix: Mix, changed: boolean): void {
    if (inspected === null || (inspected.kind === "item" && mix.profile.length === 0)) this.inspector.clear();
    else if (!changed) return;
    else if (inspected.kind === "item") this.whys.put({ mix, id: inspected.id });
    else this.cards.ask(inspected, mix);
  }

  private render(): void {
    const { state } = this.store;
    const atlas = state.place.view === "atlas";
    setAttributes(this.root, { "data-view": state.place.view });
    for (const { node } of [this.profileView, this.mixer, this.mixer.bar, this.lists]) node.hidden = atlas;
    this.atlas.node.hidden = !atlas;
    this.header.update(state);
    this.profileView.update(state, this.user?.history ?? []);
    const carried = this.carriers.of(state.mix);
    const effects = this.steered ? effectsOf(carried, this.steered) : undefined;
    const strips = stripsOf(state.mix, this.user, this.labels, effects);
    this.mixer.update(state, strips, this.steered?.scaled ?? 1);
    this.firstRun.update(state, strips);
    this.mixer.prompt(this.firstRun.prompted(strips));
    const { held } = this.comparison;
    this.lists.update(state, held?.lists ?? this.steered, carried, held?.name);
    this.atlas.update(state);
    this.cards.render();
  }

  /** Where an item stands in the lists that are shown. */
  private standing(explained: ExplainedItem): Standing {
    const { after = [], places = [], knobs = [] } = this.steered ?? {};
    const at = after.findIndex(({ item }) => item === explained.item.item);
    return {
      place: at < 0 ? null : at + 1, was: at < 0 || knobs.length === 0 ? null : places[at],
      reasons: this.user ? reasonsOf(explained, this.user) : [], length: LIST,
    };
  }

  private async explain(mix: Mix, id: string): Promise<[ExplainedItem, ExplainedItem | null]> {
    const requests = knobRequests(mix);
    const taste = tasteOf(mix);
    const turned = await this.session.explain(taste, id, requests);
    return [turned, requests.length === 0 ? null : await this.session.explain(taste, id, [])];
  }

  private strips(): Strip[] {
    return stripsOf(this.store.state.mix, this.user, this.labels);
  }

  private think(opinion: Opinion, { id, title }: ListedItem): void {
    const { change, back } = opinionOf[opinion];
    this.titles.learn([{ id, title }]);
    this.store.mix((mix) => change(mix, id));
    this.offerBack(words.row.did[opinion](title), (mix) => back(mix, id));
  }

  private hold(held: boolean): void {
    if (held && this.steered) this.comparison.begin(this.store.state.mix, this.steered);
    else this.comparison.end();
  }

  /** For who comes for the first time. @param example the sample that is on the desk, if one is */
  welcome(example: SampleProfile | null): void {
    void this.firstRun.open(example);
  }

  private pickAgain(): void {
    this.store.go({ view: "desk" });
    void this.firstRun.open(null);
    this.firstRun.focus();
  }

  private stepped(step: FirstRunStep): void {
    this.render();
    const key = this.firstRun.prompted(this.strips());
    if (step === "turn" && key !== null) this.mixer.focusStrip(key);
    else if (step === "away") this.lists.focus();
  }

  private offerBack(text: string, back: (mix: Mix) => Mix): void {
    this.notice.say("undo", text, button({ class: "quiet" }, () => {
      this.store.mix(back);
      this.notice.dismiss();
    }, words.undo));
  }

  /** Says what went wrong. What was on the desk stays, and undo leads back. */
  private fail(error: unknown): void {
    this.notice.say("failure", error instanceof Error ? error.message : String(error),
      button({ class: "quiet" }, () => {
        this.store.mix(() => emptyState.mix);
        this.store.go({ inspected: null });
        this.notice.dismiss();
      }, words.page.startAfresh));
  }
}

function welcome(summary: ModelSummary): HTMLElement {
  return element("div", { class: "welcome" }, element("p", { class: "kicker" }, words.help.title),
    ...howItWorks(summary));
}
