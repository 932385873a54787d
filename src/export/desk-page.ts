/**
 * The desk's page for one place: meta elements in its head say what there is (desk/state reads them), and its
 * content-security policy names the one origin, if any, that pictures come from.
 */
import { FIRST_ANSWERS } from "../browser/first-answers.js";
import { imageOrigin, type ItemLinks } from "./item-links.js";

/** Users whom the desk names to choose from; any other can be typed. */
const SOME_USERS = 200;

export interface DeskPlace {
  /** Who answers before the model has come: a file beside it, or the service as well. Default: nobody. */
  readonly first?: "file" | "service";
  /** The data set whose users the service knows. */
  readonly users?: { readonly name: string; readonly userIds: readonly string[] } | null;
  readonly links?: ItemLinks;
}

export function deskPage(page: Buffer, { first, users, links = {} }: DeskPlace): Buffer {
  const metas: [name: string, content: string | undefined][] = [
    ["first", first],
    ["users", users ? JSON.stringify(someOf(users)) : undefined],
    ["item-link", links.link],
    ["item-image", links.image],
  ];
  const lines = metas.flatMap(([name, content]) =>
    (content === undefined ? [] : [`<meta name="unknot-${name}" content="${escaped(content)}">`]));
  if (first !== undefined) lines.push(`<link rel="preload" href="model/${FIRST_ANSWERS}" as="fetch" crossorigin>`);
  const origin = imageOrigin(links);
  const text = page.toString("utf8");
  const allowed = origin === null ? text : text.replace("img-src 'self' data:", `img-src 'self' data: ${origin}`);
  const [head, ...rest] = allowed.split("</head>");
  return Buffer.from(`${head}${lines.map((line) => `${line}\n`).join("")}</head>${rest.join("</head>")}`);
}

function someOf({ name, userIds }: NonNullable<DeskPlace["users"]>): { name: string; count: number; some: string[] } {
  const step = Math.max(1, Math.floor(userIds.length / SOME_USERS));
  return {
    name, count: userIds.length, some: userIds.filter((_, row) => row % step === 0).slice(0, SOME_USERS),
  };
}

function escaped(text: string): string {
  return text.replace(/[&"<>]/g, (mark) => `&#${mark.charCodeAt(0)};`);
}
