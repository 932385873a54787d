/** A model is measured on the data that it was trained on: its items are those of the data set, in the same order. */
import { UserError } from "../base/user-error.js";
import type { Dataset } from "../data/dataset.js";
import type { Model } from "./model.js";

/** @throws UserError when the data set has other items. */
export function checkItems({ items: { ids } }: Pick<Model, "items">, { name, itemIds }: Dataset): void {
  if (itemIds.length === ids.length && itemIds.every((id, i) => id === ids[i])) return;
  const others = itemIds.length === ids.length ? " others" : "";
  throw new UserError(
    `${name} has ${itemIds.length} items, the model ${ids.length}${others}: give the data set that it was ` +
    "trained on, read with the same options",
  );
}
