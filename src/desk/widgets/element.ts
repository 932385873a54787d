/**
 * Making nodes: a name, what it has, what it holds. No templates and no HTML text, so a title cannot become markup; and
 * no style attributes, which a strict content-security policy refuses (lengths go through `setLength`).
 */

export type Child = Node | string | null;
/** true sets an empty attribute, false and null leave it out. */
export type Attributes = Readonly<Record<string, string | number | boolean | null>>;

export function element<K extends keyof HTMLElementTagNameMap>(
  name: K, attributes: Attributes = {}, ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const node = document.createElement(name);
  setAttributes(node, attributes);
  node.append(...children.filter((child) => child !== null));
  return node;
}

export function svg<K extends keyof SVGElementTagNameMap>(
  name: K, attributes: Attributes = {}, ...children: readonly Child[]
): SVGElementTagNameMap[K] {
  const node = document.createElementNS("http://www.w3.org/2000/svg", name);
  setAttributes(node, attributes);
  node.append(...children.filter((child) => child !== null));
  return node;
}

/** A button that does one thing. */
export function button(
  attributes: Attributes, action: () => void, ...children: readonly Child[]
): HTMLButtonElement {
  const node = element("button", { type: "button", ...attributes }, ...children);
  node.addEventListener("click", action);
  return node;
}

/** Writes only what differs, so that nothing is announced or laid out again for nothing. */
export function setText(node: Element, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

export function setAttributes(node: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === false) node.removeAttribute(name);
    else if (node.getAttribute(name) !== String(value === true ? "" : value)) {
      node.setAttribute(name, value === true ? "" : String(value));
    }
  }
}

/** A custom property that the style sheet turns into a length. */
export function setLength(node: HTMLElement, property: `--${string}`, value: number): void {
  node.style.setProperty(property, String(Math.round(value * 1e4) / 1e4));
}
