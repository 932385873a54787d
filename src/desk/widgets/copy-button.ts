/** A button that copies an address and says for a moment that it did; where the browser refuses, where to find it. */
import { words } from "../words/words.js";
import { button, setText } from "./element.js";

/** How long "Link copied" stays. */
const COPIED_MS = 1600;

export function copyButton(className: string, text: string, address: () => string): HTMLButtonElement {
  const { linkCopied, copyAddress } = words.page;
  const node = button({ class: className }, () => {
    void navigator.clipboard.writeText(address()).then(() => linkCopied, () => copyAddress).then((said) => {
      setText(node, said);
      setTimeout(() => setText(node, text), COPIED_MS);
    });
  }, text);
  return node;
}
