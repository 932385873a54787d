/** The page's head and foot: what is open, the two views, a link to share, light or dark, and the data's licence. */
import type { Opened } from "../../browser/protocol.js";
import type { ModelSummary } from "../../session/session-types.js";
import { percent, whole } from "../words/numbers.js";
import { copyButton } from "../widgets/copy-button.js";
import { button, element, setAttributes, setText, svg } from "../widgets/element.js";
import { recall, remember } from "../widgets/remembered.js";
import { languageSwitch } from "./language-switch.js";
import { helpDialog } from "./help-dialog.js";
import { knownUsers } from "../state/known-users.js";
import type { DeskState } from "../state/state.js";
import type { Store } from "../state/store.js";
import { words } from "../words/words.js";

export interface PageHeader {
  readonly node: HTMLElement;
  readonly footer: HTMLElement;
  update(state: DeskState): void;
}

const THEME_KEY = "unknot-theme";

/** @param pickAgain opens the first visit's grid of titles */
export function pageHeader(
  store: Store, summary: ModelSummary, opened: Opened, pickAgain: () => void,
): PageHeader {
  const views = (["desk", "atlas"] as const).map((view) => ({
    view, node: button({}, () => store.go({ view }), words.page[view]),
  }));
  const link = copyButton("quiet link", words.page.copyLink, () => store.link);
  const on = modelName(summary);
  const help = helpDialog(summary, pickAgain);
  const node = element("header", { class: "page-header" },
    element("h1", {}, mark(), "unknot"),
    element("p", { class: "model" }, on),
    element("nav", { "aria-label": words.page.views },
      element("div", { class: "switch" }, ...views.map((entry) => entry.node))),
    element("div", { class: "tools" }, link,
      button({ class: "quiet", "aria-haspopup": "dialog" }, () => help.showModal(), words.help.title),
      themeButton(words.page.light, words.page.dark)),
    help);
  const footer = element("footer", { class: "page-footer" },
    element("p", {}, words.page.size(whole(summary.items), whole(summary.alive), whole(summary.tags)) +
      (knownUsers() ? words.page.usersAsked : words.page.nothingSent)),
    element("p", {}, precisionLine(opened)),
    element("p", {}, residualLine(summary)),
    licenceLine(summary),
    // On small screens, where the head has no room for it.
    themeButton(words.page.lightOrDark, words.page.lightOrDark), languageSwitch());
  return {
    node, footer,
    update: ({ place }) => {
      document.title = `${words.page[place.view]}: ${on} · unknot`;
      for (const { view, node: each } of views) {
        setAttributes(each, { "aria-current": view === place.view ? "page" : null });
      }
    },
  };
}

/** "ELSA on MovieLens" */
export function modelName({ model, licence, data }: ModelSummary): string {
  return words.page.on(model, licence?.title ?? data.name);
}

/** What smaller weights cost, where they are smaller. */
function precisionLine({ precision, accuracy }: Opened): string {
  if (precision === "f32") return words.page.asTrained;
  return accuracy === null ? words.page.storedAs(precision)
    : words.page.storedWith(precision, percent(accuracy.overlap, 1), whole(accuracy.profiles));
}

/** Whether what no neuron speaks for is in the lists. */
function residualLine({ model, residual }: ModelSummary): string {
  return residual === "drop"
    ? words.page.neuronsAlone
    : words.page.residualKept(model, residual);
}

function licenceLine({ licence, data }: ModelSummary): HTMLElement {
  const { trainedOn } = words.page;
  if (!licence) return element("p", {}, `${trainedOn}${data.name}.`);
  const { title, terms, publisher } = licence;
  return publisher
    ? element("p", {}, trainedOn, element("a", { href: publisher.url }, title), `. ${terms} ${publisher.credit}.`)
    : element("p", {}, `${trainedOn}${title}. ${terms}`);
}

/** A knob: a ring and its pointer. */
function mark(): SVGSVGElement {
  return svg("svg", { class: "mark", viewBox: "0 0 20 20", "aria-hidden": "true" },
    svg("circle", { cx: 10, cy: 10, r: 8 }), svg("path", { d: "M10 10 15.2 4.8" }));
}

/** Follows the system until the user chooses; the choice is kept where the browser allows it. */
function themeButton(light: string, darkName: string): HTMLButtonElement {
  const root = document.documentElement;
  const dark = (): boolean => root.dataset.theme === undefined
    ? matchMedia("(prefers-color-scheme: dark)").matches : root.dataset.theme === "dark";
  const node = button({ class: "quiet theme" }, () => {
    root.dataset.theme = dark() ? "light" : "dark";
    remember(THEME_KEY, root.dataset.theme);
    name();
  });
  const name = (): void => setText(node, dark() ? light : darkName);
  const kept = recall(THEME_KEY);
  if (kept === "dark" || kept === "light") root.dataset.theme = kept;
  name();
  return node;
}
