/** RecBole's atomic files: tab-separated, a header whose names say what a column holds (user_id:token). */
import { column } from "../columns/column-spec.js";
import { interactions, ITEM, RATING, tags, TITLE, GENRES } from "./known-names.js";
import type { Layout } from "./layout.js";

export const recbole: Layout = {
  name: "recbole",
  title: "RecBole atomic files",
  about: "NAME.inter with NAME.item: columns such as user_id:token",
  files: { interactions: [/\.inter$/i], titles: [/\.item$/i] },
  telling: [["interactions"]],
  interactions: { ...interactions, rating: column(`${RATING} playCount weight count`, -1, false) },
  titles: { item: column(ITEM, 0), title: column(TITLE, 1), genres: column(`class ${GENRES}`, -1, false) },
  tags,
  minRating: 4,
  minUserInteractions: 5,
  minItemInteractions: 1,
  examples: [
    { file: "ml.inter", lines: ["user_id:token\titem_id:token\trating:float", "196\t242\t3"] },
    {
      file: "ml.item",
      lines: ["item_id:token\tmovie_title:token_seq\tclass:token_seq", "1\tToy Story\tAnimation Comedy"],
    },
  ],
};
