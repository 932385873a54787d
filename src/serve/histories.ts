/**
 * The known users: what each of them has chosen, in items that the model knows. Kept as the data set's sparse matrix,
 * not as lists, so that a million users fit.
 */
import type { Dataset } from "../data/dataset.js";

export class Histories {
  private readonly rowOf: ReadonlyMap<string, number>;
  /** (items of the data set): the item's number in the model, −1 when it has none. */
  private readonly inModel: Int32Array;

  constructor(
    readonly dataset: Pick<Dataset, "name" | "userIds" | "itemIds" | "interactions">,
    private readonly itemIds: readonly string[],
  ) {
    const known = new Map(itemIds.map((id, i) => [id, i]));
    this.rowOf = new Map(dataset.userIds.map((id, row) => [id, row]));
    this.inModel = Int32Array.from(dataset.itemIds, (id) => known.get(id) ?? -1);
  }

  get name(): string {
    return this.dataset.name;
  }

  get users(): number {
    return this.rowOf.size;
  }

  /** Item ids of a user, without those that the model does not know; null for an unknown user. */
  itemsOf(user: string): string[] | null {
    const row = this.rowOf.get(user);
    if (row === undefined) return null;
    const { indptr, indices } = this.dataset.interactions;
    const ids: string[] = [];
    for (let q = indptr[row]; q < indptr[row + 1]; q++) {
      const item = this.inModel[indices[q]];
      if (item >= 0) ids.push(this.itemIds[item]);
    }
    return ids;
  }
}
