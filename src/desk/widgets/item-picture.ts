/** An item's picture and the way to its page, where the desk knows addresses for them (state/item-links.ts). */
import { element } from "./element.js";
import { itemImage, itemLink } from "../state/item-links.js";
import { words } from "../words/words.js";

interface Item {
  readonly id: string;
  readonly title: string;
}

/** Decoration beside a title that is written out; one that cannot be had leaves no gap. Null without an address. */
export function itemPicture(item: Item, kind: "thumb" | "cover"): HTMLElement | null {
  const address = itemImage(item);
  if (address === null) return null;
  // Hosts learn which picture is shown, but not on which page.
  const picture = element("img", {
    class: kind, src: address, alt: "", loading: "lazy", decoding: "async", referrerpolicy: "no-referrer",
  });
  picture.addEventListener("error", () => { picture.remove(); });
  return picture;
}

/** "movielens.org ↗"; null without an address. */
export function itemPage(item: Item): HTMLElement | null {
  const address = itemLink(item);
  if (address === null) return null;
  return element("p", { class: "item-page" }, element("a", {
    href: address, target: "_blank", rel: "noopener noreferrer",
    "aria-label": words.why.page(item.title, hostOf(address)),
  }, `${hostOf(address)} ↗`));
}

function hostOf(address: string): string {
  return new URL(address).host.replace(/^www\./, "");
}
