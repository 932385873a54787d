/** The one precondition that all of interpret shares: tags and codes speak of the same items. */
import type { Csr } from "../base/csr.js";
import { UserError } from "../base/user-error.js";

/** tagCounts: (T, I), itemCodes: (I, H). @throws UserError when the two disagree on I. */
export function requireSameItems(tagCounts: Csr, itemCodes: Csr): void {
  if (tagCounts.cols === itemCodes.rows) return;
  throw new UserError(
    `tag counts have ${tagCounts.cols} columns, the item codes ${itemCodes.rows} rows: ` +
    "both must count the items of the same data set",
  );
}
