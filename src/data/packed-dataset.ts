/**
 * A read data set in one binary file (files/array-file.ts), so that the next run starts in a second instead of reading
 * text again: `unknot data pack` writes it, and whatever reads data takes the file like any other.
 *
 * What stood in the source is as it was filtered and numbered then; the options of reading are kept, and other ones are
 * refused. The source's files are remembered by size and time of change: when they have changed, a note says so.
 */
import { open, stat } from "node:fs/promises";
import { dirname, relative, resolve } from "node:path";
import type { CheckedJson } from "../base/checked-json.js";
import type { Csr } from "../base/csr.js";
import { UserError } from "../base/user-error.js";
import {
  decodeArrayFile, encodeArrayFile, readBytes, type ArrayFileKind, type FileArray,
} from "../files/array-file.js";
import { writeAtomically } from "../files/atomic.js";
import { whyNot } from "../files/io-error.js";
import type { Dataset, TagApplications } from "./dataset.js";
import type { ReadOptions } from "./read-options.js";
import type { Understood } from "./understood.js";

const KIND: ArrayFileKind = {
  magic: "UNKNOTDS", version: 1, name: "a packed data set", remedy: "Pack the data anew (unknot data pack)",
};

/** A file as it was when it was read. */
interface SourceFile {
  /** Seen from the packed file. */
  readonly file: string;
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly changed: number;
}

/**
 * @param read the options that the data set was read with.
 * @throws UserError when the file cannot be written; an earlier one stays as it was.
 */
export async function packDataset(file: string, dataset: Dataset, read: ReadOptions = {}): Promise<void> {
  const { interactions: { rows, cols, indptr, indices }, tags, understood } = dataset;
  const texts = { userIds: dataset.userIds, itemIds: dataset.itemIds, itemTitles: dataset.itemTitles };
  const header = {
    name: dataset.name, rows, cols, notes: dataset.notes, read: said(read),
    understood: understood ? JSON.stringify(understood) : null,
    sources: await sourcesOf(file, understood), tags: tags?.names ?? null,
  };
  const arrays: Record<string, FileArray> = { indptr, indices };
  if (dataset.strengths) arrays.strengths = dataset.strengths;
  if (dataset.times) arrays.times = dataset.times;
  for (const [name, list] of Object.entries(texts)) Object.assign(arrays, packedTexts(name, list));
  if (tags) {
    Object.assign(arrays, { "tags/tag": tags.tag, "tags/item": tags.item, "tags/user": tags.user });
    Object.assign(arrays, { "tags/count": tags.count, ...(tags.support ? { "tags/support": tags.support } : {}) });
  }
  await writeAtomically(file, encodeArrayFile(KIND, header, arrays));
}

/** Whether a path is such a file. */
export async function isPacked(path: string): Promise<boolean> {
  // Opening a pipe that nobody writes to would wait for ever.
  if (!(await stat(path).catch(() => null))?.isFile()) return false;
  const handle = await open(path).catch(() => null);
  if (!handle) return false;
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(8), 0, 8, 0);
    return bytesRead === 8 && buffer.toString("latin1") === KIND.magic;
  } catch {
    return false; // a folder
  } finally {
    await handle.close();
  }
}

/** @throws UserError when the file is damaged, or was packed with other options than these. */
export async function readPacked(file: string, options: ReadOptions = {}): Promise<Dataset> {
  const bytes = await readBytes(file).catch((error: unknown) => {
    throw new UserError(`${file}: cannot be read: ${whyNot(error)}`);
  });
  const { header, arrays } = decodeArrayFile(KIND, bytes, file, true);
  checkOptions(file, header.at("read").string(), options, "times" in arrays);
  const [rows, cols] = [header.at("rows").whole(0, 2 ** 31 - 1), header.at("cols").whole(0, 2 ** 31 - 1)];
  const parts = new Parts(file, arrays);
  const interactions = parts.matrix(rows, cols);
  const entries = interactions.indices.length;
  const changed = await changedSources(file, header.at("sources"));
  const names = header.at("tags");
  const understood = header.at("understood");
  return {
    name: header.at("name").string(),
    interactions,
    ...("strengths" in arrays ? { strengths: parts.floats("strengths", entries) } : {}),
    ...("times" in arrays ? { times: parts.doubles("times", entries) } : {}),
    userIds: parts.texts("userIds", rows), itemIds: parts.texts("itemIds", cols),
    itemTitles: parts.texts("itemTitles", cols),
    tags: names.isNull ? null : parts.tags(names.list().map((name) => name.string()), rows, cols),
    notes: [
      ...header.at("notes").list().map((note) => note.string()), `${file}: packed earlier, not read from its source`,
      ...changed.map((source) => `${source} has changed since: pack the data anew (unknot data pack)`),
    ],
    ...(understood.isNull ? {} : { understood: JSON.parse(understood.string()) as Understood }),
  };
}

/** Options that decide what is read, as text. */
function said(options: ReadOptions): string {
  return JSON.stringify({ ...options, onProgress: undefined, times: undefined });
}

function checkOptions(file: string, packed: string, options: ReadOptions, times: boolean): void {
  const now = said(options);
  if (now !== "{}" && now !== packed) {
    throw new UserError(
      `${file}: was packed with the options ${packed}, these are ${now}: leave them out, or pack anew`,
    );
  }
  if (options.times && !times) {
    throw new UserError(`${file}: was packed without times: pack it anew with --split-by time`);
  }
}

async function sourcesOf(file: string, understood: Understood | undefined): Promise<SourceFile[]> {
  const paths = [...new Set((understood?.tables ?? []).flatMap(({ files }) => files))];
  const found = await Promise.all(paths.map(async (path): Promise<SourceFile | null> => {
    const is = await stat(path).catch(() => null);
    return is && { file: relative(dirname(resolve(file)), resolve(path)), bytes: is.size, changed: is.mtimeMs };
  }));
  return found.filter((one) => one !== null);
}

/** Those that are there and not as they were. */
async function changedSources(file: string, sources: CheckedJson): Promise<string[]> {
  const changed: string[] = [];
  for (const source of sources.list()) {
    const path = resolve(dirname(resolve(file)), source.at("file").string());
    const is = await stat(path).catch(() => null);
    if (is && (is.size !== source.at("bytes").number() || is.mtimeMs !== source.at("changed").number())) {
      changed.push(relative(process.cwd(), path));
    }
  }
  return changed;
}

/** Texts one after the other in UTF-8, and where each ends. */
function packedTexts(name: string, list: readonly string[]): Record<string, FileArray> {
  const ends = new Float64Array(list.length);
  let length = 0;
  list.forEach((text, i) => { ends[i] = length += Buffer.byteLength(text); });
  const bytes = Buffer.from(new ArrayBuffer(length));
  list.forEach((text, i) => bytes.write(text, i > 0 ? ends[i - 1] : 0));
  return { [`${name}/ends`]: ends, [`${name}/bytes`]: bytes };
}

/** Arrays of a file, checked: a right checksum does not say who wrote them. */
class Parts {
  constructor(private readonly file: string, private readonly arrays: Record<string, FileArray>) {}

  matrix(rows: number, cols: number): Csr {
    const [indptr, indices] = [this.ints("indptr", rows + 1), this.ints("indices", null)];
    if (indptr[0] !== 0 || indptr[rows] !== indices.length) this.refuse("indptr");
    for (let r = 0; r < rows; r++) {
      if (indptr[r + 1] < indptr[r] || indptr[r + 1] > indices.length) this.refuse("indptr");
      for (let q = indptr[r], before = -1; q < indptr[r + 1]; before = indices[q++]) {
        if (indices[q] <= before || indices[q] >= cols) this.refuse("indices");
      }
    }
    return { rows, cols, indptr, indices, values: null };
  }

  tags(names: readonly string[], users: number, items: number): TagApplications {
    const tag = this.ints("tags/tag", null);
    const [item, user] = [this.ints("tags/item", tag.length), this.ints("tags/user", tag.length)];
    const count = this.floats("tags/count", tag.length);
    for (let a = 0; a < tag.length; a++) {
      if (!(tag[a] >= 0 && tag[a] < names.length)) this.refuse("tags/tag");
      if (!(item[a] >= 0 && item[a] < items)) this.refuse("tags/item");
      if (!(user[a] >= -1 && user[a] < users)) this.refuse("tags/user");
      if (!(count[a] > 0)) this.refuse("tags/count");
    }
    const support = "tags/support" in this.arrays ? { support: this.doubles("tags/support", names.length) } : {};
    return { names, tag, item, user, count, ...support };
  }

  texts(name: string, length: number): string[] {
    const ends = this.doubles(`${name}/ends`, length);
    const { buffer, byteOffset, length: many } = this.get(`${name}/bytes`, Uint8Array, null);
    const bytes = Buffer.from(buffer, byteOffset, many);
    let from = 0;
    return Array.from(ends, (end) => {
      if (!(end >= from && end <= bytes.length)) this.refuse(`${name}/ends`);
      const text = bytes.toString("utf8", from, end);
      from = end;
      return text;
    });
  }

  ints(name: string, length: number | null): Int32Array {
    return this.get(name, Int32Array, length);
  }

  floats(name: string, length: number): Float32Array {
    return this.get(name, Float32Array, length);
  }

  doubles(name: string, length: number): Float64Array {
    return this.get(name, Float64Array, length);
  }

  private get<T extends FileArray>(name: string, Type: new (length: number) => T, length: number | null): T {
    const array = Object.hasOwn(this.arrays, name) ? this.arrays[name] : null;
    if (array instanceof Type && (length === null || array.length === length)) return array;
    return this.refuse(name);
  }

  private refuse(name: string): never {
    throw new UserError(`${this.file}: "${name}" does not fit the rest of it. ${KIND.remedy}`);
  }
}
