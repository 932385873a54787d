/**
 * The project's Markdown as pages: headings get the anchors that they have on code hosts, links between documents
 * become links between pages, and links to source files, which the site does not hold, become plain names.
 */
import MarkdownIt from "markdown-it";
import { posix } from "node:path";
import { escape, wayFrom, type Page } from "./page.js";

/** Where a file of the repository stands on the site; null where it does not. */
export type Places = (file: string) => string | null;

/**
 * @param file the document, from the repository's root: "docs/data.md"
 * @param places where other files went
 */
export function markdownPage(file: string, text: string, places: Places): Page {
  const place = places(file);
  if (place === null) throw new Error(`${file} has no place on the site`);
  const parser = new MarkdownIt({ html: true, linkify: false, typographer: false });
  const tokens = parser.parse(text, {});
  const headings: { id: string; text: string; level: number }[] = [];
  const taken = new Map<string, number>();
  let hidden: string[] = [];
  for (const [at, token] of tokens.entries()) {
    if (token.type === "heading_open") {
      const words = plainText(tokens[at + 1].children ?? []);
      const id = anchorOf(words, taken);
      token.attrSet("id", id);
      headings.push({ id, text: words, level: Number(token.tag.slice(1)) });
    }
    for (const child of token.children ?? []) {
      if (child.type === "image") child.attrSet("src", target(String(child.attrGet("src")), file, place, places) ?? "");
      if (child.type === "link_open") {
        const to = target(String(child.attrGet("href")), file, place, places);
        hidden.push(to === null ? "hidden" : "");
        if (to !== null) child.attrSet("href", to);
        else [child.tag, child.attrs] = ["span", [["class", "file"], ["title", "in the repository"]]];
      }
      if (child.type === "link_close" && hidden.pop() === "hidden") child.tag = "span";
    }
    hidden = [];
  }
  const scroll = { table_open: '<div class="table" tabindex="0">', table_close: "</div>" };
  parser.renderer.rules.table_open = () => `${scroll.table_open}<table>\n`;
  parser.renderer.rules.table_close = () => `</table>${scroll.table_close}\n`;
  parser.renderer.rules.fence = (all, at) => `<pre tabindex="0"><code>${escape(all[at].content)}</code></pre>\n`;
  return {
    place, title: headings.find(({ level }) => level === 1)?.text ?? posix.basename(file, ".md"),
    body: parser.renderer.render(tokens, parser.options, {}),
    headings: headings.filter(({ level }) => level === 2),
  };
}

/** Where a link leads from a page; null to a file that is not on the site. */
function target(link: string, file: string, place: string, places: Places): string | null {
  if (/^[a-z]+:/i.test(link) || link.startsWith("#")) return link;
  const [path, anchor] = link.split("#");
  const to = places(posix.normalize(posix.join(posix.dirname(file), path)));
  return to === null ? null : wayFrom(place, to) + (anchor === undefined ? "" : `#${anchor}`);
}

function plainText(tokens: readonly { type: string; content: string }[]): string {
  return tokens.map(({ type, content }) => type === "text" || type === "code_inline" ? content : "").join("").trim();
}

/** Lower case, without punctuation, blanks as dashes; a second one of a name gets a number. */
function anchorOf(words: string, taken: Map<string, number>): string {
  const id = words.toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, "").replace(/\s/g, "-");
  const before = taken.get(id) ?? 0;
  taken.set(id, before + 1);
  return before === 0 ? id : `${id}-${before}`;
}
