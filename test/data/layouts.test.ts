/** Layouts that no folder of cases has, and the page that describes all of them. */
import { readFile } from "node:fs/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { csrRow } from "../../src/base/csr.js";
import type { Dataset } from "../../src/data/dataset.js";
import { allLayouts, layouts } from "../../src/data/layouts/layouts.js";
import { readDataset, type ReadOptions } from "../../src/data/read-dataset.js";
import { dataPage } from "../../scripts/data-page.js";
import { withFolder } from "./temporary-folder.js";

type Files = Readonly<Record<string, string | Uint8Array>>;
const read = (files: Files, options?: ReadOptions): Promise<Dataset> =>
  withFolder(files, (folder) => readDataset(folder, { minUserInteractions: 1, ...options }));

function pairs(d: Dataset): string[] {
  return d.userIds.map((id, u) => `${id}: ${Array.from(csrRow(d.interactions, u), (i) => d.itemTitles[i]).join(" ")}`);
}

function layoutOf(d: Dataset): string {
  return d.understood!.layout;
}

test("LightGCN: lists in train.txt and test.txt together; a user without items is none", async () => {
  const d = await read({ "train.txt": "0 5 7 9\n1 5 \n2 \n", "test.txt": "0 11\n1 9 5\n" });
  assert.equal(pairs(d), ["0: 11 9 5 7", "1: 9 5"]);
  assert.is(layoutOf(d), "lists");
});

test("RecBole: typed names, values apart by blanks", async () => {
  const d = await read({
    "ml.inter": "user_id:token\titem_id:token\trating:float\n1\t10\t5\n1\t20\t2\n",
    "ml.item": "item_id:token\tmovie_title:token_seq\tclass:token_seq\n10\tToy Story\tAnimation Comedy\n",
  });
  assert.equal(pairs(d), ["1: Toy Story"]);
  assert.equal(d.tags!.names, ["animation", "comedy"]);
  assert.is(layoutOf(d), "recbole");
});

test("Last.fm 360K: artists by name, plays as they are", async () => {
  const name = "usersha1-artmbid-artname-plays.tsv";
  const d = await read({ [name]: "a1\tm1\tbetty blowtorch\t2137\na1\t\tno id\t1\nb2\tm1\tbetty blowtorch\t0\n" });
  assert.equal(pairs(d), ["a1: betty blowtorch no id"]);
  assert.is(layoutOf(d), "lastfm-360k");
});

test("BookCrossing as it was dumped: semicolons, latin-1, quotes escaped by backslashes", async () => {
  const d = await read({
    "BX-Book-Ratings.csv": "\"User-ID\";\"ISBN\";\"Book-Rating\"\r\n" +
      "\"1\";\"0155061224\";\"9\"\r\n\"1\";\"034545104X\";\"0\"\r\n",
    "BX-Books.csv": Buffer.from("\"ISBN\";\"Book-Title\";\"Book-Author\"\r\n" +
      "\"0155061224\";\"\\\"Café\\\"; a \\\"novel\\\"\";\"A\"\r\n", "latin1"),
  });
  assert.equal(pairs(d), ["1: \"Café\"; a \"novel\""]);
  assert.is(layoutOf(d), "bookcrossing");
});

test("Amazon 2023: JSON lines by parent, the review's title is not the item's", async () => {
  const d = await read({
    "reviews.jsonl": JSON.stringify({
      rating: 5, title: "Great", asin: "B01", parent_asin: "B00", user_id: "AE", timestamp: 1588687728923,
    }),
    "meta.jsonl": JSON.stringify({
      main_category: "Gifts", title: "Card", parent_asin: "B00", categories: ["Gift Cards", "Birthday"],
    }),
  });
  assert.equal(pairs(d), ["AE: Card"]);
  assert.equal(d.tags!.names, ["gift cards", "birthday"]);
});

test("the tag genome: tags by relevance, only when it is asked for", async () => {
  const files = {
    "ratings.csv": "userId,movieId,rating\n1,10,5\n1,20,4\n", "movies.csv": "movieId,title,genres\n10,A,X\n20,B,Y\n",
    "genome-scores.csv": "movieId,tagId,relevance\n10,1,0.9\n10,2,0.2\n20,2,0.5\n",
    "genome-tags.csv": "tagId,tag\n1,space\n2,noir\n",
  };
  const { tags } = await read(files, { layout: "movielens-genome", tagSource: "tags" });
  const applied = Array.from(tags!.tag, (t, a) => `${tags!.names[t]} ${tags!.item[a]} ${tags!.count[a].toFixed(1)}`);
  assert.equal(applied, ["space 0 0.9", "noir 1 0.5"]);
  const usual = await read(files);
  assert.is(layoutOf(usual), "movielens");
  assert.equal(usual.tags!.names, ["x", "y"]);
  assert.match(usual.notes.join("\n"), /also there and not read: genome-scores\.csv, genome-tags\.csv/);
});

const film = (id: number, genre: string): string => `${id},Film ${id},"[{'id': 1, 'name': '${genre}'}]"`;
const kaggle = {
  "ratings_small.csv": "userId,movieId,rating\n7,1,5\n7,2,4\n7,3,4.5\n",
  // Numbers of the one kind are numbers of the other, of another film.
  "movies_metadata.csv": `id,title,genres\n${[film(862, "War"), film(1, "Noir"), film(2, "Drama")].join("\n")}\n`,
  "keywords.csv": "id,keywords\n862,\"[{'id': 931, 'name': 'jealousy'}]\"\n2,\"[{'id': 5, 'name': 'friends'}]\"\n",
};

test("The Movies Dataset: films under other ids are joined by links.csv, and what is joined how is said", async () => {
  const links = "movieId,imdbId,tmdbId\n1,0114709,862\n2,0113497,1\n3,0113228,\n";
  const linked = await read({ ...kaggle, "links.csv": links });
  assert.is(layoutOf(linked), "movies-dataset");
  assert.equal(pairs(linked), ["7: Film 862 Film 1 3"]);
  const { tag, item, names } = linked.tags!;
  const tagged = Array.from(tag, (t, a) => `${linked.itemIds[item[a]]} ${names[t]}`);
  assert.equal(tagged.sort(), ["1 jealousy", "1 war", "2 noir"]);
  assert.match(linked.notes.join("\n"), /key "id" leads to "movieId" of the interactions through "tmdbId" of links\.csv/);
  const alone = await read(kaggle);
  assert.equal(pairs(alone), ["7: Film 1 Film 2 3"]);
  assert.match(alone.notes.join("\n"), /key "id" is taken for "movieId" .*--file links=NAME joins them/);
});

test("links of any table, and a tag file that knows the items by their own ids", async () => {
  const d = await read({
    "interactions.csv": "user,item\n1,a\n1,b\n", "items.csv": "isbn,title\nX,Alien\nY,Heat\n",
    "join.csv": "item,key\nb,X\na,Y\n", "tags.csv": "item,tag\na,war\n",
  }, { files: { links: "join.csv" } });
  assert.equal(pairs(d), ["1: Heat Alien"]);
  assert.equal([d.tags!.names, [...d.tags!.item]], [["war"], [0]]);
  assert.equal(d.understood!.keys.map(({ role, met }) => `${role} ${met}`), ["links 2", "titles 2", "tags 1"]);
});

test("MatrixMarket's line of sizes is no interaction", async () => {
  const text = "%%MatrixMarket matrix coordinate real general\n% made by hand\n2 3 3\n1 1 5\n1 2 4\n2 3 5\n";
  const d = await read({ "ratings.mtx": text }, { files: { interactions: "ratings.mtx" } });
  assert.equal(pairs(d), ["1: 1 2", "2: 3"]);
});

test("every layout is called as it is registered, and shows a file", () => {
  for (const [name, layout] of Object.entries(layouts)) {
    assert.is(layout.name, name);
    assert.ok(layout.examples.length > 0 && layout.examples.every(({ lines }) => lines.length > 0), name);
  }
  assert.is(allLayouts.at(-1)!.name, "table", "what fits anything is tried last");
});

test("docs/data.md is what the tables say", async () => {
  const page = await readFile(new URL("../../../docs/data.md", import.meta.url), "utf8");
  assert.is(page, dataPage(), "run npm run docs:data");
});

test.run();
