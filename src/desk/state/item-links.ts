/**
 * Where an item has a page and a picture, where the person who serves or publishes the desk gave templates for them
 * (export/item-links.ts writes them into the page). Elsewhere there are none, and nobody is asked for a picture.
 */

/** The address of an item by a template; places are percent-encoded. Null for what is no address on the web. */
export function filled(
  template: string, { id, title }: { readonly id: string; readonly title: string },
): string | null {
  const address = template.replaceAll("{id}", () => encoded(id)).replaceAll("{title}", () => encoded(title));
  return /^https?:\/\//i.test(address) ? address : null;
}

/** Of this page. */
export function itemLink(item: { readonly id: string; readonly title: string }): string | null {
  return ofPage("item-link", item);
}

export function itemImage(item: { readonly id: string; readonly title: string }): string | null {
  return ofPage("item-image", item);
}

function ofPage(name: string, item: { readonly id: string; readonly title: string }): string | null {
  const template = document.querySelector(`meta[name="unknot-${name}"]`)?.getAttribute("content");
  return template ? filled(template, item) : null;
}

/** Also what belongs to templates, so that a title cannot fill a place. Halves of characters have no encoding. */
function encoded(text: string): string {
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, "\ufffd"));
}
