/** Listening data of Last.fm: the HetRec 2011 release with its tags, and the 360K users' profiles. */
import { column } from "../columns/column-spec.js";
import { PLAYS, tags } from "./known-names.js";
import type { Layout } from "./layout.js";

/** Every artist that somebody plays is one interaction; plays differ by orders of magnitude from person to person. */
export const lastfmHetrec: Layout = {
  name: "lastfm-hetrec",
  title: "HetRec 2011 Last.fm 2K",
  about: "user_artists.dat with artists.dat, user_taggedartists.dat and tags.dat",
  files: {
    interactions: ["user_artists.dat"],
    titles: ["artists.dat"],
    tags: ["user_taggedartists.dat"],
    dictionary: ["tags.dat"],
  },
  telling: [["interactions"]],
  interactions: {
    user: column("userID", 0), item: column("artistID", 1), rating: column(`weight ${PLAYS}`, 2, false, "number"),
    timestamp: column("timestamp", -1, false),
  },
  titles: { item: column("id", 0), title: column("name", 1), genres: column("genres", -1, false) },
  tags: {
    item: column("artistID", 1), tag: column("tagID", 2), user: column("userID", 0, false),
    count: column("count", -1, false),
  },
  dictionary: { id: column("tagID", 0), name: column("tagValue", 1) },
  minRating: 1,
  minUserInteractions: 5,
  minItemInteractions: 1,
  examples: [
    { file: "user_artists.dat", lines: ["userID\tartistID\tweight", "2\t51\t13883"] },
    { file: "user_taggedartists.dat", lines: ["userID\tartistID\ttagID\tday\tmonth\tyear", "2\t52\t13\t1\t4\t2009"] },
    { file: "tags.dat", lines: ["tagID\ttagValue", "13\tchillout"] },
  ],
};

/** Half of the MusicBrainz ids are missing there, so artists are known by their names. */
export const lastfm360k: Layout = {
  name: "lastfm-360k",
  title: "Last.fm 360K users",
  about: "usersha1-artmbid-artname-plays.tsv: user, MusicBrainz id, artist, plays, without a header",
  files: { interactions: [/^usersha1-art.*plays\.tsv$/i], tags: ["tags.csv", "tags.tsv"] },
  telling: [["interactions"]],
  interactions: {
    user: column("user", 0), item: column("artist", 2), rating: column("plays", 3, true, "number"),
    timestamp: column("timestamp", -1, false),
  },
  titles: { item: column("artist", 0), title: column("title", 1), genres: column("genres", 2, false) },
  tags,
  placed: true,
  minRating: 1,
  minUserInteractions: 5,
  minItemInteractions: 1,
  examples: [
    {
      file: "usersha1-artmbid-artname-plays.tsv",
      lines: ["00000c289a1829a808ac09c00daf10bc3c4e223b\t3bd73256-3905-4f3a-97e2-8b341527f805\tbetty blowtorch\t2137"],
    },
  ],
};
