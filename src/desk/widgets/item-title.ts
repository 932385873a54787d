/** A title with its year dimmed, where it ends in one. Its text is the title as it is: it is read and copied whole. */
import { cutYear } from "../../base/title-year.js";
import { element } from "./element.js";

export function titleParts(title: string): (Node | string)[] {
  const [, year] = cutYear(title);
  return year === "" ? [title] : [title.slice(0, title.length - year.length), element("span", { class: "year" }, year)];
}

/** Writes only what differs. */
export function setTitle(node: Element, title: string): void {
  if (node.textContent !== title) node.replaceChildren(...titleParts(title));
}
