/**
 * Where a data set's items have a page and a picture: templates such as `https://www.imdb.com/find/?q={title}`, given
 * by the person who serves or publishes a desk. Without them a desk names no address and asks nobody; a picture is
 * asked for by every browser that shows it, so its origin learns what is looked at.
 */
import { UserError } from "../base/user-error.js";

/** Addresses with {id} or {title} in them; percent-encoded when they are filled. */
export interface ItemLinks {
  /** Template of a page about an item. */
  readonly link?: string;
  /** Template of its picture. */
  readonly image?: string;
}

const PLACES = /\{([^{}]*)\}/g;

/**
 * @param option the option's name, for messages
 * @throws UserError for a template that is no address on the web, or has none of the two places
 */
export function checkTemplate(template: string, option: string): string {
  const say = (what: string): never => {
    throw new UserError(`${option} ${template}: ${what}, expected for example https://example.org/item/{id}`);
  };
  const places = Array.from(template.matchAll(PLACES), ([, place]) => place);
  const strange = places.find((place) => place !== "id" && place !== "title");
  if (strange !== undefined) return say(`{${strange}} is not known, only {id} and {title}`);
  if (places.length === 0) return say("neither {id} nor {title} is in it, so all items would share it");
  const filled = template.replaceAll(PLACES, "x");
  const url = URL.canParse(filled) ? new URL(filled) : null;
  if (!url || (url.protocol !== "https:" && url.protocol !== "http:")) return say("no address of http or https");
  if (/[{}]/.test(template.split("/").slice(0, 3).join("/"))) return say("a place in the host's name");
  if (url.username !== "" || url.password !== "") return say("a name or password in it");
  return template;
}

/** Where the pictures come from, "https://example.org"; null for nowhere. */
export function imageOrigin({ image }: ItemLinks): string | null {
  return image === undefined ? null : new URL(image.replaceAll(PLACES, "x")).origin;
}

/** The options of commands that write a desk's page. */
export interface LinkOptions {
  readonly itemLink?: string;
  readonly itemImage?: string;
}

/** @throws UserError for templates that make no sense */
export function linksOf({ itemLink, itemImage }: LinkOptions): ItemLinks {
  return {
    ...(itemLink === undefined ? {} : { link: checkTemplate(itemLink, "--item-link") }),
    ...(itemImage === undefined ? {} : { image: checkTemplate(itemImage, "--item-image") }),
  };
}
