/** The page's head and foot: what is open, the two views, a link to share, light or dark, and the data's licence. */
import type { Opened } from "../../browser/protocol.js";
import type { ModelSummary } from "../../session/session-types.js";
import { percent, whole } from "../../base/numbers.js";
import { button, element, setAttributes, setText, svg } from "../widgets/element.js";
import { recall, remember } from "../widgets/remembered.js";
import { helpDialog } from "./help-dialog.js";
import { knownUsers } from "../state/known-users.js";
import type { DeskState } from "../state/state.js";
import type { Store } from "../state/store.js";

export interface PageHeader {
  readonly node: HTMLElement;
  readonly footer: HTMLElement;
  update(state: DeskState): void;
}

const THEME_KEY = "unknot-theme";
/** How long "Link copied" stays. */
const COPIED_MS = 1600;

export function pageHeader(store: Store, summary: ModelSummary, opened: Opened): PageHeader {
  const views = (["desk", "atlas"] as const).map((view) => ({
    view, node: button({}, () => store.go({ view }), view === "desk" ? "Desk" : "Atlas"),
  }));
  const link = button({ class: "quiet link" }, () => {
    void navigator.clipboard.writeText(store.link).then(() => "Link copied", () => "Copy the address").then((text) => {
      setText(link, text);
      setTimeout(() => setText(link, "Copy link"), COPIED_MS);
    });
  }, "Copy link");
  const on = `${summary.model} on ${summary.licence?.title ?? summary.data.name}`;
  const help = helpDialog(summary);
  const node = element("header", { class: "page-header" },
    element("h1", {}, mark(), "unknot"),
    element("p", { class: "model" }, on),
    element("nav", { "aria-label": "Views" }, element("div", { class: "switch" }, ...views.map((entry) => entry.node))),
    element("div", { class: "tools" }, link,
      button({ class: "quiet", "aria-haspopup": "dialog" }, () => help.showModal(), "How this works"),
      themeButton("Light", "Dark")),
    help);
  const footer = element("footer", { class: "page-footer" },
    element("p", {}, `${whole(summary.items)} items, ${whole(summary.alive)} living neurons, ` +
      `${whole(summary.tags)} tags. Everything is computed in this page; ` +
      (knownUsers() ? "only a user’s titles are asked of the service." : "nothing is sent anywhere.")),
    element("p", {}, precisionLine(opened)),
    element("p", {}, residualLine(summary)),
    licenceLine(summary),
    // On small screens, where the head has no room for it.
    themeButton("Light or dark", "Light or dark"));
  return {
    node, footer,
    update: ({ place }) => {
      document.title = `${place.view === "atlas" ? "Atlas" : "Desk"}: ${on} · unknot`;
      for (const { view, node: each } of views) {
        setAttributes(each, { "aria-current": view === place.view ? "page" : null });
      }
    },
  };
}

/** What smaller weights cost, where they are smaller. */
function precisionLine({ precision, accuracy }: Opened): string {
  if (precision === "f32") return "Weights as trained.";
  const cost = accuracy === null ? "" : `: ${percent(accuracy.overlap, 1)} of the 20 best items are those of the ` +
    `model as trained, over ${whole(accuracy.profiles)} profiles`;
  return `Weights stored as ${precision}${cost}.`;
}

/** Whether what no neuron speaks for is in the lists. */
function residualLine({ model, residual }: ModelSummary): string {
  return residual === "drop"
    ? "Lists show what comes through the neurons alone."
    : `With nothing turned, lists are ${model}’s own: what no neuron explains is kept.`;
}

function licenceLine({ licence, data }: ModelSummary): HTMLElement {
  if (!licence) return element("p", {}, `Trained on ${data.name}.`);
  const { title, terms, publisher } = licence;
  return publisher
    ? element("p", {}, "Trained on ", element("a", { href: publisher.url }, title), `. ${terms} ${publisher.credit}.`)
    : element("p", {}, `Trained on ${title}. ${terms}`);
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
