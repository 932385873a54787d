/**
 * One channel strip: name, level meter, fader, mute and solo. The fader is a range input, so it works with fingers,
 * keys and screen readers; around 0 it has a notch for pointers.
 */
import { button, element, setAttributes, setLength, setText } from "../widgets/element.js";
import type { Row } from "../widgets/keyed-list.js";
import { percent, signed } from "../words/numbers.js";
import { hundredths, keyOf, removeChannel, setChannel, type Channel, type Target } from "../state/state.js";
import type { Store } from "../state/store.js";
import type { Strip } from "../state/strips.js";
import { words } from "../words/words.js";

/** A pointer this close to 0 means 0. */
const NOTCH = 0.03;
const KEY_STEP = 0.05;
const FINE_STEP = 0.01;
const PAGE_STEP = 0.2;
const TAP_STEP = 0.1;

export function stripView(strip: Strip, store: Store): Row<Strip> {
  const { target } = strip.channel;
  const key = keyOf(target);
  let shown = strip;
  const set = (change: Partial<Omit<Channel, "target">>, gesture: string | null = null): void =>
    store.mix((mix) => setChannel(mix, target, change), gesture);

  const label = element("span", { class: "name", dir: "auto" });
  const kind = element("small");
  const name = button({ class: "strip-name" }, () => {
    store.go({ inspected: target });
  }, label, kind);
  const fader = element("input", { type: "range", min: -1, max: 1, step: 0.01, value: 0 });
  const slot = element("div", { class: "fader" }, fader);
  // Where only the cap grabs, a tap must do as well (WCAG 2.5.7).
  const [less, more] = [-TAP_STEP, TAP_STEP].map((step) => button({ class: "step" }, () => {
    set({ strength: hundredths(shown.channel.strength + step) });
  }, step < 0 ? "−" : "+"));
  const level = element("i");
  const meter = element("div", { class: "level", "aria-hidden": "true" }, level);
  const value = element("span", { class: "strip-value", "aria-hidden": "true" });
  const mute = button({ class: "mute" }, () => set({ muted: !shown.channel.muted }), "M");
  const solo = button({ class: "solo" }, () => set({ solo: !shown.channel.solo }), "S");
  const remove = button({ class: "icon remove" }, () => store.mix((mix) => removeChannel(mix, target)), "×");
  const node = element("li", { class: `strip ${target.kind}`, "data-key": key }, name,
    element("div", { class: "slot" }, less, meter, slot, more),
    element("div", { class: "strip-side" }, value, mute, solo, remove));

  let dragging = false;
  fader.addEventListener("pointerdown", () => { dragging = true; });
  fader.addEventListener("input", () => {
    const wanted = fader.valueAsNumber;
    set({ strength: dragging && Math.abs(wanted) < NOTCH ? 0 : wanted }, `fader ${key}`);
    // The state may have stopped it: the cap stays where the state is.
    fader.valueAsNumber = shown.channel.strength;
  });
  fader.addEventListener("change", () => {
    if (dragging) store.endGesture();
    dragging = false;
  });
  fader.addEventListener("blur", () => store.endGesture());
  fader.addEventListener("dblclick", () => set({ strength: 0 }));
  node.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { strength, muted, solo: alone } = shown.channel;
    const step = event.target === fader ? stepOf(event, lies(fader)) : 0;
    if (event.key === "m") set({ muted: !muted });
    else if (event.key === "s") set({ solo: !alone });
    else if (event.key === "0") set({ strength: 0, muted: false, solo: false });
    else if (event.key === "Enter" && event.target === fader) store.go({ inspected: target });
    else if (event.key === "Delete" && shown.added) store.mix((mix) => removeChannel(mix, target));
    else if (step !== 0) set({ strength: hundredths(strength + step) }, `fader ${key}`);
    else return;
    event.preventDefault();
  });

  return {
    node,
    update: (next) => {
      shown = next;
      const { strength, muted, solo: alone } = next.channel;
      setText(label, next.name);
      setText(kind, next.effect ?? kindOf(next));
      node.classList.toggle("counted", next.effect !== null);
      node.classList.toggle("unproven", next.concept?.proven === false);
      setAttributes(name, { title: titleOf(target, next.name) });
      if (fader.valueAsNumber !== strength) fader.valueAsNumber = strength;
      setAttributes(fader, {
        "aria-label": faderLabel(next), "aria-valuetext": `${signed(strength, 2)}${muted ? words.strip.muted : ""}`,
      });
      setLength(slot, "--strength", strength);
      setLength(meter, "--level", next.share ?? 0);
      meter.hidden = next.share === null;
      setText(value, strength === 0 ? "0" : signed(strength, 2));
      const spoken = spokenName(next);
      setAttributes(mute, {
        "aria-pressed": String(muted), "aria-label": words.strip.mute(spoken), title: words.strip.muteKey,
      });
      setAttributes(solo, {
        "aria-pressed": String(alone), "aria-label": words.strip.solo(spoken), title: words.strip.soloKey,
      });
      setAttributes(less, { "aria-label": words.strip.less(spoken) });
      setAttributes(more, { "aria-label": words.strip.more(spoken) });
      setAttributes(remove, { "aria-label": words.strip.remove(spoken), title: words.strip.removeKey });
      remove.hidden = !next.added;
      node.classList.toggle("silent", next.silent);
      node.classList.toggle("up", strength > 0 && !muted);
      node.classList.toggle("down", strength < 0 && !muted);
    },
  };
}

/** Lying, left and right turn it; standing, up and down do: the other two go to the neighbours (mixer-view.ts). */
function stepOf({ key, shiftKey }: KeyboardEvent, lying: boolean): number {
  const step = shiftKey ? FINE_STEP : KEY_STEP;
  switch (key) {
    case lying ? "ArrowRight" : "ArrowUp": return step;
    case lying ? "ArrowLeft" : "ArrowDown": return -step;
    case "PageUp": return PAGE_STEP;
    case "PageDown": return -PAGE_STEP;
    default: return 0;
  }
}

function lies(fader: HTMLElement): boolean {
  return getComputedStyle(fader).writingMode.startsWith("horizontal");
}

function titleOf(target: Target, name: string): string {
  return words.strip.card(name, target.kind === "neuron" ? words.neuron(target.neuron)
    : target.kind === "tag" ? words.strip.theTag : words.strip.theConcept);
}

/** A name that no other strip has: a tag, a concept and a neuron may be called the same. */
function spokenName({ channel: { target }, name }: Strip): string {
  if (target.kind === "concept") return name;
  return target.kind === "tag" ? words.strip.tagNamed(name) : words.strip.neuronNamed(name, target.neuron);
}

/** What a strip is, under its name. */
function kindOf({ channel: { target }, concept }: Strip): string {
  if (target.kind === "neuron") return `#${target.neuron}`;
  if (target.kind === "tag") return words.strip.tag;
  if (concept === null) return words.strip.concept;
  if (!concept.proven) return words.strip.notProven;
  return words.neurons(concept.neurons);
}

function faderLabel({ channel: { target }, name, share, concept }: Strip): string {
  if (target.kind === "tag") return words.strip.tagPosition(name);
  const part = share === null || share === 0
    ? words.strip.inactive : words.strip.part(percent(share));
  if (target.kind === "neuron") return words.strip.strength(name, target.neuron, part);
  return concept?.proven === false ? words.strip.unprovenPosition(name, part) : words.strip.position(name, part);
}
