/**
 * The cards of neurons, tags and concepts: asks for what they show, and shows the one that is looked at as soon as it
 * is known. Its buttons follow the mix. Why an item is where it is (why-view.ts) hangs on the lists and is the desk's.
 */
import type {
  AtlasNeuron, ConceptReport, NeuronReport, SteeredLists, TagReport,
} from "../../session/session-types.js";
import type { DeskSession } from "../state/desk-session.js";
import { Latest } from "../state/latest.js";
import { listOf, tasteOf } from "../state/opinions.js";
import { keyOf, type DeskState, type Mix, type Target } from "../state/state.js";
import type { Store } from "../state/store.js";
import { conceptView } from "./concept-view.js";
import type { Inspector } from "./inspector.js";
import { EFFECT_STRENGTHS } from "./neuron-effect-view.js";
import { neuronView } from "./neuron-view.js";
import { tagView } from "./tag-view.js";

/** Items in each list of a card. */
const CARD = 6;

/** What turning a neuron does, and for whom. */
interface Effect {
  readonly neuron: number;
  readonly mix: Mix;
  readonly lists: readonly SteeredLists[];
}

export class Cards {
  private neuron: NeuronReport | null = null;
  private tag: TagReport | null = null;
  private concept: ConceptReport | null = null;
  private effect: Effect | null = null;
  private readonly neurons: Latest<number, NeuronReport>;
  private readonly tags: Latest<string, TagReport>;
  private readonly concepts: Latest<string, ConceptReport>;
  private readonly effects: Latest<Omit<Effect, "lists">, SteeredLists[]>;

  /** @param onDesk whether a channel has its strip */
  constructor(
    private readonly store: Store, session: DeskSession, private readonly inspector: Inspector, length: number,
    private readonly all: readonly AtlasNeuron[], private readonly onDesk: (key: string) => boolean,
    failed: (error: unknown) => void,
  ) {
    const known = <Q, A>(ask: (question: Q) => Promise<A>, keep: (answer: A, question: Q) => void): Latest<Q, A> =>
      new Latest(ask, (answer, question) => {
        keep(answer, question);
        this.render();
      }, failed);
    this.neurons = known((neuron) => session.inspectNeuron(neuron, CARD), (report) => { this.neuron = report; });
    this.tags = known((tag) => session.inspectTag(tag, CARD), (report) => { this.tag = report; });
    this.concepts = known((concept) => session.inspectConcept(concept, CARD), (report) => { this.concept = report; });
    this.effects = known(({ neuron, mix }) => session.steerEach(
      tasteOf(mix), EFFECT_STRENGTHS.map((strength) => [{ neuron, strength }]), listOf(mix, length),
    ), (lists, { neuron, mix }) => { this.effect = { neuron, mix, lists }; });
  }

  /** Asks for what the card of a thing needs and has not. */
  ask(target: Target, mix: Mix): void {
    if (target.kind === "tag") {
      if (target.tag !== this.tag?.tag) this.tags.put(target.tag);
    } else if (target.kind === "concept") {
      if (target.concept !== this.concept?.name) this.concepts.put(target.concept);
    } else {
      const { neuron } = target;
      if (neuron !== this.neuron?.neuron) this.neurons.put(neuron);
      if (mix.profile.length > 0 && !isOf(this.effect, neuron, mix)) this.effects.put({ neuron, mix });
    }
  }

  render(): void {
    const { mix, place: { inspected } }: DeskState = this.store.state;
    if (inspected === null || inspected.kind === "item") return;
    const key = keyOf(inspected);
    const onDesk = this.onDesk(key);
    if (inspected.kind === "neuron" && this.neuron?.neuron === inspected.neuron) {
      const lists = isOf(this.effect, inspected.neuron, mix) ? this.effect!.lists : null;
      this.inspector.show(key, neuronView(this.store, mix, this.neuron, onDesk, this.all, lists));
    } else if (inspected.kind === "tag" && this.tag?.tag === inspected.tag) {
      this.inspector.show(key, tagView(this.store, this.tag, onDesk));
    } else if (inspected.kind === "concept" && this.concept?.name === inspected.concept) {
      this.inspector.show(key, conceptView(this.store, mix, this.concept, onDesk));
    }
  }
}

/** Whether an effect is that of a neuron on this taste: how knobs stand does not matter to it. */
function isOf(effect: Effect | null, neuron: number, { profile, disliked, never }: Mix): boolean {
  return effect?.neuron === neuron && effect.mix.profile === profile && effect.mix.disliked === disliked &&
    effect.mix.never === never;
}
