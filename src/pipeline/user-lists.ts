/**
 * The lists of some of a data set's users as text: what `recommend --all` writes, and what machines that share the work
 * hand to each other. Users go in batches whose scores, (B, I), stay within a bound; neither the batch nor the range
 * that is asked for changes a bit of a list.
 *
 * It writes no file: recommend-all.ts does.
 */
import { createHash } from "node:crypto";
import { csrFromLists, csrRow, csrSelectRows, type Csr } from "../base/csr.js";
import type { DataSource } from "../data/data-source.js";
import type { Dataset } from "../data/dataset.js";
import type { Engine } from "../engine/engine.js";
import { rankAll } from "../models/recommenders/rank-all.js";
import type { Recommender } from "../models/recommenders/recommender.js";
import { residualOf } from "../config/sae.js";
import { shownWith, type Model } from "../model-folder/model.js";
import { openCfae, openNested } from "../model-folder/open-model.js";

/** One JSON object a user, or one row of a table a recommendation. */
export type ListFormat = "jsonl" | "csv";

/** What a list looks like. */
export interface ListShape {
  /** Length of a list. */
  readonly n: number;
  readonly format: ListFormat;
}

/** Of everything that a list's bytes depend on beside its shape: SHA-256, hexadecimal. */
export interface ListFingerprints {
  /** Settings, weights and items, and the numerics they are computed with. */
  readonly model: string;
  /** Users, and what each has of the model's items. */
  readonly data: string;
}

/** Raised when the same model and data would give other bytes. */
const VERSION = 3;
const BATCH_BYTES = 2 ** 26;
const MOST_ROWS = 512;

/** A model and a data set, whose users' lists are asked for in any order. */
export class UserLists {
  readonly users: number;
  /** Users without an item that the model knows: their lists are empty. */
  readonly unknown: number;
  readonly fingerprints: ListFingerprints;
  /** (U, I) the users' items that the model knows, in its numbers. */
  private readonly input: Csr;
  private recommender: Recommender | null = null;

  constructor(private readonly engine: Engine, private readonly model: Model, private readonly dataset: Dataset) {
    this.input = knownItems(model, dataset);
    this.users = this.input.rows;
    const { indptr } = this.input;
    this.unknown = indptr.subarray(1).filter((end, u) => end === indptr[u]).length;
    this.fingerprints = { model: hashOfModel(engine, model), data: hashOfData(dataset, this.input) };
  }

  /**
   * The lists of users from … to − 1. The model's weights go to the engine at the first call, and stay there.
   * @param batchBytes of scores at once, at most; one user is always possible. Default 64 MiB.
   */
  text(from: number, to: number, shape: ListShape, batchBytes = BATCH_BYTES): string {
    this.recommender ??= opened(this.engine, this.model);
    const rows = this.batchUsers(batchBytes);
    let text = "";
    for (let at = from; at < to; at += rows) text += this.batch(at, Math.min(to, at + rows), shape);
    return text;
  }

  /** Users at once whose scores stay within a bound. */
  batchUsers(batchBytes = BATCH_BYTES, most = MOST_ROWS): number {
    return Math.max(1, Math.min(most, Math.floor(batchBytes / (4 * this.model.items.ids.length))));
  }

  private batch(from: number, to: number, { n, format }: ListShape): string {
    const { engine, model: { items: { ids } }, dataset: { userIds } } = this;
    let text = "";
    const some = csrSelectRows(this.input, Int32Array.from({ length: to - from }, (_, r) => from + r));
    rankAll(engine, this.recommender!, some, (row, list, scores) => {
      const user = userIds[from + row];
      // Nobody's profile ranks nothing.
      const known = some.indptr[row + 1] > some.indptr[row];
      const items = Array.from(list, (item, i) => ({ id: ids[item], score: Number(scores[i].toPrecision(7)) }))
        .filter((_, i) => known && list[i] >= 0 && scores[i] > -Infinity);
      if (format === "jsonl") text += `${JSON.stringify({ user, items })}\n`;
      else items.forEach(({ id, score }, i) => { text += `${quoted(user)},${i + 1},${quoted(id)},${score}\n`; });
    }, { n: Math.min(n, ids.length), batchSize: to - from });
    return text;
  }
}

/** Everybody is asked for, also who has few items and items that few have: they are nobody's training. */
export function ofEverybody(source: DataSource): DataSource {
  return { ...source, read: { minUserInteractions: 1, minItemInteractions: 1, ...source.read } };
}

/** What stands before the first list. */
export function headOf(format: ListFormat): string {
  return format === "csv" ? "user,rank,item,score\n" : "";
}

/** The name of a file's contents: of everything that its bytes depend on. */
export function keyOf({ model, data }: ListFingerprints, { n, format }: ListShape): string {
  return createHash("sha256").update(JSON.stringify([VERSION, n, format, model, data])).digest("hex");
}

function knownItems({ items: { ids } }: Model, { interactions, itemIds }: Dataset): Csr {
  const place = new Map(ids.map((id, i) => [id, i]));
  const own = itemIds.map((id) => place.get(id) ?? -1);
  return csrFromLists(Array.from({ length: interactions.rows }, (_, u) =>
    Array.from(csrRow(interactions, u), (i) => own[i]).filter((i) => i >= 0).sort((a, b) => a - b)), ids.length);
}

/** What sessions show with nothing turned. */
function opened(engine: Engine, model: Model): Recommender {
  return shownWith(residualOf(model)) === "cfae"
    ? openCfae(engine, model.config, model.cfae) : openNested(engine, model);
}

function quoted(field: string): string {
  return /[",\r\n]/.test(field) ? `"${field.replaceAll("\"", "\"\"")}"` : field;
}

function hashOfModel(engine: Engine, model: Model): string {
  const sum = createHash("sha256").update(JSON.stringify([model.config, engine.numerics]));
  sum.update(model.items.ids.join("\n"));
  const { decoderW, encoderW, decoderB, encoderB } = model.sae;
  for (const { data } of Object.values(model.cfae)) sum.update(data);
  for (const array of [decoderW, encoderW, decoderB, encoderB]) sum.update(array);
  return sum.digest("hex");
}

function hashOfData({ userIds }: Dataset, { indptr, indices }: Csr): string {
  return createHash("sha256").update(userIds.join("\n")).update(indptr).update(indices).digest("hex");
}
