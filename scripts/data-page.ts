/* eslint @stylistic/max-len: off -- rows of the page's tables are lines */
/** What files unknot reads, as a page for people: the text of docs/data.md, from the tables that the readers use. */
import type { TableSpec } from "../src/data/columns/column-spec.js";
import type { Layout } from "../src/data/layouts/layout.js";
import { allLayouts } from "../src/data/layouts/layouts.js";
import { table } from "../src/data/layouts/table.js";
import { SEPARATORS } from "../src/files/csv/sniff.js";

const HEAD = `# Data

The lists of names and layouts are generated from the tables in \`src/data\` by \`npm run docs:data\`: change
them there.

\`unknot data info PLACE\` says everything that unknot understood of somebody's files: which file it took and
why, how it is written, what each column means and why, which columns nobody uses, the range of the ratings and
the share that the threshold keeps, how many keys of titles and tags meet those of the interactions, and every
row that was dropped. The same lines come first in \`train\`, and as data in \`--json\` (\`understood\`). What
cannot be told is refused with the line of the file and the option that says it.

## Places

| \`--data\` | what is read |
|---|---|
| \`folder\` | the layout is recognised by the files that are there, see below |
| \`ratings.csv\` | one table of interactions; titles and tags by \`--file titles=…\`, \`--file tags=…\` |
| \`'part-*.csv'\`, \`a.csv,b.csv\` | several parts of one table, each with its own header or none |
| \`set.zip\` | an archive as a folder, or the one table in it |
| \`-\` | standard input |
| \`ratings.parquet\` | Parquet, by the package \`hyparquet\`, which unknot asks for when it is missing |
| \`shop.sqlite\` \`--query "select …"\` | SQLite, with Node.js 22.5 or later |
| \`postgres://user@host/shop\` \`--query "select …"\` | PostgreSQL, by the package \`pg\` (\`titles="…"\` too) |

Text may be packed with gzip, zip or (Node.js 22.15 and later) zstd. It is UTF-8, UTF-16 with or without a mark,
or windows-1252 where it is no UTF-8, field by field; \`--encoding\` names another one. JSON lines and JSON
arrays are tables whose keys are the columns, \`outer.inner\` for objects within.

## Separators, quotes, lines

`;

const AFTER_SEPARATORS = `
The separator is the one of these that gives the rows one number of fields and leaves the fields without others;
\`--separator\` overrules. Quotes enclose fields with separators and line breaks (\`""\` or \`\\"\` is a quote within);
blanks around them do not count. With \`::\` there are no quotes. Lines end with LF, CRLF or CR. Comment lines
(\`#\`, \`%\`) before the table are left out, and the last of them may name the columns. Where the separator is no
comma, \`3,5\` is a number.

\`\`\`text
user;item;rating            # user item rating          "user", "item", "rating"
ann;alien;4,5               ann alien 4.5               "ann", "alien", "4.5"
\`\`\`

A row of another width, a rating that is no number, an empty id or a NUL byte ends reading with the file and the
line; \`--skip-bad-rows\` leaves such rows out, counts them and shows the first five.

## Headers and columns

The first row is a header when it has the names that are needed, when it has words above numbers, or when it is
0, 1, 2 …; \`--header yes\` and \`--header no\` overrule. A column is looked for

1. by your word: \`--column user=customer\`, or by number from 1, \`--column user=3\`; for one file only
   \`--column titles.item=id\`; \`--column none=price\` leaves a column alone, \`--column rating=none\` says
   that there is none,
2. by name: case, blanks, \`_\`, \`-\` and RecBole's \`:token\` do not count,
3. by place, in a table without a header and where you gave neither user nor item: user, item, then a rating
   (numbers) and a time (dates, or seconds since 1970). A first column that counts the rows is left out. More
   than five columns without a header are refused, and so are decimal item ids: that is a matrix.

\`\`\`text
196,242,3,881250949         userId,movieId,rating       ,user,item
186,302,3,891717742         196,242,3.0                 0,196,242
22,377,1,878887116          186,302,3.0                 1,186,302
\`\`\`

`;

const MIDDLE = `
## Thresholds

A row with a rating below the threshold is no interaction. The default is that of the layout, 4 for stars;
\`--min-rating\` says another, and is an error where no column is the rating. Where the ratings go to 10 or 100,
or are counts, a note says the number that would mean what 4 of 5 means. Items with fewer users than
\`--min-item-users\` go next, then users with fewer items than \`--min-user-items\`.

## Weights and times

\`--weight linear\` or \`log\` lets ratings, counts or plays say how much an interaction counts while the recommender
is fitted (\`--column weight=NAME\`; else a column called plays, count or weight, else the rating),
\`--half-life DAYS\` how fast it ages. A pair's rows add up,
its latest time counts, and the mean is 1, so that settings keep their meaning. ELSA, EASE and item-kNN take weights;
profiles afterwards, and the SAE, are sets. \`--split-by time\` holds out what came last instead of users: a tenth of
all interactions for validation, the last tenth for the test. Times are seconds, milliseconds or microseconds since
1970, ISO dates or American ones; without a zone they are UTC.

\`\`\`text
user,item,plays,timestamp
ann,alien,12,2024-05-06T07:08:09Z
\`\`\`

## Titles and tags

Titles and tags are joined to the interactions by the item's key. Where under a tenth of the keys meet, they are
tried without \`.0\`, without leading zeros, without blanks and in lower case; what made them meet is said, and
where nothing does the file is refused with examples. The ids of a dictionary of tags are treated alike. Where titles
know the items by ids of another kind, \`--file links=links.csv\` leads from one to the other:

\`\`\`text
movieId,imdbId,tmdbId                   id,title
1,0114709,862                           862,Toy Story
\`\`\`

A year beside a title (a column \`year\`, or \`--column year=NAME\`; of a date its year) is put behind it, as MovieLens
has it: \`Alien (1979)\`, unless one stands there already. Title and year stay one text in models, lists and exports,
so that they are found and told apart together; searches and cards of the API have the year as a number too, and the desk
shows it dimmed.

Genres count as tags too (\`--tag-source tags\` leaves them out), each item's once. Several in a cell are taken
apart, column by column: lists of JSON, Python or PostgreSQL, \`|\`, \`;\`, a comma or slash where it separates,
hashtags, and paths, whose steps all count; \`--tag-separator\` overrules. A dictionary of tag ids is a file of its own: \`--file
dictionary=tags.csv\`.

\`\`\`text
item,title,genres                       item,tag                   item,title,category
31,Alien,Horror|Science fiction         31,"dark, space"           31,Alien,Film > Horror > Space
\`\`\`

## Time and memory

10 million rows of user, item, rating, time (users one after the other, as in MovieLens 25M), on one core of an AMD EPYC
with Node 20. Seconds of processor time from start to the filtered matrix, and the peak of the whole process; the
server's own time is not in it. Every form gave the same matrix.

| form | processor | peak memory |
|---|---|---|
| CSV | 2.5 s | 143 MiB |
| CSV, gzip | 2.9 s | 144 MiB |
| Parquet (Snappy, groups of 500,000 rows) | 7.4 s | 228 MiB |
| PostgreSQL, through a cursor | 11.8 s | 170 MiB |

\`node dist/bench/tables.js --rows 10 --postgres URL\` measures it again.

## Layouts

The first whose files are there is taken; \`--layout NAME\` says which. Files of another name are given by
\`--file interactions=…\`, \`titles=…\`, \`tags=…\`, \`dictionary=…\`, \`links=…\` (\`none\` for none).

`;

/** The page. */
export function dataPage(): string {
  const cell = (text: string): string => text.replace("|", "\\|").replace("\t", "\\t");
  const separators = Object.entries(SEPARATORS).map(
    ([separator, name]) => `| ${cell(name)} | \`${cell(separator)}\` |`,
  );
  return [
    HEAD, "| separator | |\n|---|---|\n", separators.join("\n"), "\n", AFTER_SEPARATORS,
    "These names are known in any table, the first that is there is taken:\n\n", namesTable(), MIDDLE,
    allLayouts.map(layoutText).join("\n"),
  ].join("");
}

function namesTable(): string {
  const kinds = { interactions: table.interactions, titles: table.titles, tags: table.tags } as const;
  const rows = Object.entries(kinds).flatMap(([kind, spec]: [string, TableSpec<string>]) =>
    Object.entries(spec).map(([role, { names }]) => `| ${kind} | ${role} | ${names.join(", ")} |`));
  return `| in | column | names |\n|---|---|---|\n${rows.join("\n")}\n`;
}

function layoutText(layout: Layout): string {
  const { name, title, about, notes = [], zero, examples } = layout;
  const { minRating, minUserInteractions, minItemInteractions } = layout;
  const threshold = minRating === -Infinity ? "every row counts" : `a rating (or count) of ${minRating} or more`;
  const said = [...notes, ...zero === undefined ? [] : [`a rating of 0 means ${zero}`]];
  const lines = examples.flatMap(({ file, lines: shown }) => [`${file}:`, ...shown.map((line) => `  ${line}`)]);
  return `### ${name}: ${title}\n\n${capital(about)}. Kept: ${threshold}, users with ${minUserInteractions} items` +
    `${minItemInteractions > 1 ? `, items with ${minItemInteractions} users` : ""}.` +
    `${said.map((note) => ` ${capital(note)}.`).join("")}\n\n\`\`\`text\n${lines.join("\n")}\n\`\`\`\n`;
}

function capital(text: string): string {
  return text[0].toUpperCase() + text.slice(1);
}
