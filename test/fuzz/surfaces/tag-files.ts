/** Files of titles and of tags beside good interactions: what is taken can be counted and names items that exist. */
import fc from "fast-check";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readDataset, type ReadOptions } from "../../../src/data/read-dataset.js";
import { tagCounts } from "../../../src/data/tags/tag-counts.js";
import { byteChanges, changeBytes, type ByteChange } from "../mutations.js";
import { judge, mustHold, type OpenSurface, type Surface } from "../surface.js";
import { checkTaken } from "./tables.js";

interface Input {
  readonly titles: readonly ByteChange[];
  readonly tags: readonly ByteChange[];
  readonly tagRows: readonly (readonly string[])[];
  readonly options: ReadOptions;
}

const RATINGS = "userId,movieId,rating\n1,10,5\n1,20,4\n2,10,5\n2,30,5\n3,20,5\n3,30,4\n";
const TITLES = "movieId,title,genres\n10,Alien (1979),Horror|Sci-Fi\n20,\"Good, the Bad\",Western\n30,Heat,Crime\n";
const TAGS = "userId,movieId,tag,timestamp\n" +
  "1,10,space,1139045764\n2,10,\"dark, deep\",1139045764\n3,30,Heist,1139045765\n";

const cell = fc.oneof(
  fc.constantFrom("1", "2", "10", "20", "30", "999", "", " ", "space", "SPACE", "\"a,b\"", "\"", "NaN", "é", "İ",
    "ß", "\u0000", "\u001b[31m", "x".repeat(400), "__proto__", "(no genres listed)", "a|b", "1e9", "-1", "\u202e"),
  fc.string({ maxLength: 8 }),
);
const changes = fc.oneof({ weight: 2, arbitrary: byteChanges }, { weight: 1, arbitrary: fc.constant([]) });
const inputs: fc.Arbitrary<Input> = fc.record({
  titles: changes, tags: changes, tagRows: fc.array(fc.array(cell, { maxLength: 5 }), { maxLength: 6 }),
  options: fc.record({
    tagSource: fc.constantFrom("tags" as const, "genres" as const, "both" as const),
    tagSeparator: fc.oneof(fc.constantFrom("|", ",", "none", "", "||", "."), fc.string({ maxLength: 2 })),
  }, { requiredKeys: [] }),
});

function filesOf({ titles, tags, tagRows }: Input): Record<string, Buffer> {
  const more = tagRows.map((row) => `${row.join(",")}\n`).join("");
  return {
    "ratings.csv": Buffer.from(RATINGS), "movies.csv": changeBytes(Buffer.from(TITLES), titles),
    "tags.csv": changeBytes(Buffer.from(TAGS + more), tags),
  };
}

async function open(): Promise<OpenSurface> {
  const folder = await mkdtemp(join(tmpdir(), "unknot-fuzz-"));
  const surface: OpenSurface<Input> = {
    inputs,
    async check(input) {
      for (const [name, bytes] of Object.entries(filesOf(input))) await writeFile(join(folder, name), bytes);
      return judge(async () => {
        const dataset = await readDataset(folder, { ...input.options, minUserInteractions: 1 });
        checkTaken(dataset);
        const { tags } = dataset;
        if (!tags) return;
        mustHold("tags cannot be counted", () => tagCounts(tags, dataset.itemIds.length, { minApplications: 1 }));
      });
    },
    show: (input) => Object.entries(filesOf(input)).slice(1)
      .map(([name, bytes]) => `${name} ${JSON.stringify(bytes.toString("latin1"))}`).join("\n") +
      JSON.stringify(input.options),
    close: () => rm(folder, { recursive: true, force: true }),
  };
  return surface;
}

export const tagFiles: Surface = { name: "tag-files", about: "files of titles and of tags", round: 150, open };
