/** The frame of every page of the site: head, way back, contents beside the text. */

/** A page of the site. */
export interface Page {
  /** From the site's root: "docs/data.html". */
  readonly place: string;
  readonly title: string;
  /** HTML of the text. */
  readonly body: string;
  /** Second-level headings, for the contents beside the text. */
  readonly headings?: readonly { readonly id: string; readonly text: string }[];
  /** Programs of the page, by their place from the root. */
  readonly programs?: readonly string[];
}

/** What stands in the menu of every page, in order: a group and its pages. */
export type Menu = readonly {
  readonly group: string;
  readonly pages: readonly (readonly [place: string, title: string])[];
}[];

export function escape(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
}

/** The way from one page to another place of the site; pages work from any folder of any host, and from disk. */
export function wayFrom(place: string, to: string): string {
  return "../".repeat(place.split("/").length - 1) + to;
}

/** The whole HTML document. */
export function renderPage(page: Page, menu: Menu): string {
  const way = (to: string): string => wayFrom(page.place, to);
  const groups = menu.map(({ group, pages }) => `<h2>${escape(group)}</h2>\n<ul>\n${pages.map(([place, title]) =>
    `<li><a href="${way(place)}"${place === page.place ? ' aria-current="page"' : ""}>${escape(title)}</a></li>`)
    .join("\n")}\n</ul>`);
  const contents = (page.headings ?? []).map(({ id, text }) => `<li><a href="#${id}">${escape(text)}</a></li>`);
  const description = `${page.title}: unknot, a recommender whose taste vector is untangled into knobs.`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(page.title)}${page.place === "index.html" ? "" : " · unknot"}</title>
<meta name="description" content="${escape(description)}">
<link rel="stylesheet" href="${way("site.css")}">
<link rel="icon" href="data:,">
</head>
<body>
<header><a class="home" href="${way("index.html")}">unknot</a> <a href="#pages">All pages</a></header>
<main>
${page.body}
</main>
<nav class="menu" id="pages" aria-label="All pages"><a class="home" href="${way("index.html")}">unknot</a>
${groups.join("\n")}
</nav>
${contents.length < 3 ? "" : `<nav class="contents" aria-label="On this page"><h2>On this page</h2>\n<ul>\n${
  contents.join("\n")}\n</ul></nav>`}
${(page.programs ?? []).map((place) => `<script type="module" src="${way(place)}"></script>`).join("\n")}
</body>
</html>
`;
}
