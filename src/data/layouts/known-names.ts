/** Names that columns have in files that people really have: the best first. Compared without case, blanks, _ and -. */
import { column } from "../columns/column-spec.js";

export const USER = "userId user uid customerId memberId visitorId reviewerId userSha1 userName profileName " +
  "accountId listener listenerId personId viewerId clientId buyerId member customer";
export const ITEM = "itemId item movieId bookId songId trackId artistId productId iid song track movie book artist " +
  "product parentAsin asin isbn animeId gameId recipeId businessId newsId articleId videoId albumId beerId wineId " +
  "showId podcastId itemName productName sku game stockCode";
export const RATING = "rating score stars value overall bookRating userRating reviewRating reviewScore reviewOverall " +
  "ratingValue myRating rate liked isLiked thumbsUp " +
  "myScore userScore";
export const PLAYS = "playCount plays count listenCount weight playcounts playtime playtimeForever hours " +
  "hoursPlayed quantity";
export const TIME = "timestamp time date ts unixReviewTime reviewTime createdAt datetime ratedAt ratingTimestamp " +
  "eventTime";
export const TITLE = "title name itemTitle movieTitle bookTitle originalTitle primaryTitle productTitle songTitle " +
  "trackName artistName gameName itemName productName";
export const GENRES = "genres genre categories category tags genreNames";
export const YEAR = "year releaseYear yearOfRelease publicationYear publishedYear";
export const TAG = "tag tagName label concept tagValue keyword tagId tags keywords genre genres";
export const COUNT = "count tagCount relevance tagWeight";

export const interactions = {
  user: column(USER, 0),
  item: column(ITEM, 1),
  rating: column(RATING, 2, false, "number"),
  timestamp: column(TIME, 3, false, "time"),
};

/** Without a header no number is taken for a year. */
export const year = column(YEAR, -1, false, "number");

export const titles = {
  item: column(`${ITEM} id`, 0),
  title: column(TITLE, 1),
  genres: column(GENRES, 2, false),
  year,
};

/** Without a header a tag file is item, tag[, count]. */
export const tags = {
  item: column(ITEM, 0),
  tag: column(TAG, 1),
  count: column(COUNT, 2, false, "number"),
  user: column(USER, -1, false),
};

/** Tables as people name them; packing is taken off before. */
const EXTENSION = "\\.(csv|tsv|txt|dat|psv|json|jsonl|ndjson|parquet|data)$";

/** A file of this name and any ending of a table. */
export function tableNamed(name: string): RegExp {
  return new RegExp(`^(?:${name})${EXTENSION}`, "i");
}

export const ANY_TABLE = new RegExp(EXTENSION, "i");
