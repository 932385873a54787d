/**
 * The desk and a model as a static site: a folder for any host, or one file. In this order: shrink the weights, measure
 * what that cost, say how large it will be, write it whole or not at all.
 */
import type { HeldOut } from "../data/dataset.js";
import { licenceOf } from "../data/public/licence.js";
import type { Engine } from "../engine/engine.js";
import { openEngine, type EngineOptions } from "../engine/open.js";
import { csrRow } from "../base/csr.js";
import { Random } from "../base/random.js";
import { UserError } from "../base/user-error.js";
import type { SampleProfile } from "../model-folder/precomputed.js";
import { writeAtomically, writeFolderAtomically, type FileContent } from "../files/atomic.js";
import { checkFile, checkFolder } from "../files/place.js";
import type { Model } from "../model-folder/model.js";
import {
  decodeWebModel, encodeWebModel, sizeOf, WEB_DESCRIPTION, WEB_TENSORS, type Precision, type WebAccuracy,
} from "../model-folder/web-model.js";
import { FIRST_ANSWERS, firstAnswers, type FirstAnswers } from "../browser/first-answers.js";
import { workOut } from "../session/precompute.js";
import { Session } from "../session/session.js";
import { deskFileNames, deskFiles } from "./desk-files.js";
import { deskPage } from "./desk-page.js";
import type { ItemLinks } from "./item-links.js";
import { measureAccuracy } from "./measure-accuracy.js";
import { singleFile } from "./single-file.js";

const NOTES = "NOTES.txt";

export interface WebExportOptions {
  /** Default "f16". */
  readonly precision?: Precision;
  /** Held-out users of the model's data, for nDCG and for profiles; null when the data is not at hand. */
  readonly test?: HeldOut | null;
  /** Put the histories of so many test users into the site, as "Person 1" … Default 0: interactions are personal. */
  readonly profiles?: number;
  readonly singleFile?: boolean;
  /** Where items have pages and pictures. Default: nowhere. */
  readonly links?: ItemLinks;
}

/** An export from beginning to end, with the engine that it needs. */
export interface ExportWebOptions
  extends WebExportOptions, Pick<EngineOptions, "threads" | "kernels" | "numerics"> {}

interface WebFile extends FileContent {
  readonly pieces: readonly Uint8Array[];
}

/** What an export is: the sizes of its files, and what storing weights in few bits cost. */
export interface WebExportSummary {
  /** Bytes of each file by name. */
  readonly sizes: readonly { readonly name: string; readonly bytes: number }[];
  readonly precision: Precision;
  readonly accuracy: WebAccuracy;
}

/** An export before it is written. */
export interface WebExport extends WebExportSummary {
  readonly files: readonly WebFile[];
}

/** Checks the place, prepares the export on an engine of its own, and writes it. */
export async function exportWeb(
  model: Model, place: string, options: ExportWebOptions = {},
): Promise<WebExportSummary> {
  const single = options.singleFile ?? false;
  await checkExportPlace(place, single);
  const { threads, kernels, numerics } = options;
  const engine = openEngine({ threads, kernels, numerics });
  let ready: WebExport;
  try {
    ready = await prepareWebExport(engine, model, options);
  } finally {
    engine.close();
  }
  await writeWebExport(place, ready, single);
  const { accuracy, precision, sizes } = ready;
  return { accuracy, precision, sizes };
}

/** Everything that will be written. The heap is as it was afterwards. */
export async function prepareWebExport(
  engine: Engine, model: Model, options: WebExportOptions = {},
): Promise<WebExport> {
  const { precision = "f16", test = null, profiles = 0, links, singleFile: single = false } = options;
  const plain = await deskFiles();
  const page = deskPage(plain["index.html"], { first: single ? undefined : "file", links });
  const desk = { ...plain, "index.html": page };
  const { itemCodes, tagKnobs } = workOut(engine, model);
  const samples = profiles > 0 ? people(model, test, profiles) : undefined;
  const shrunk = await encodeWebModel(model, itemCodes, { precision });
  const exported = await decodeWebModel(shrunk.description, new Uint8Array(Buffer.concat(shrunk.tensors)));
  const accuracy = measureAccuracy(engine, model, exported.model, test, model.seed);
  const { description, tensors } = await encodeWebModel(model, itemCodes, { precision, samples, tagKnobs, accuracy });
  const first = (): FirstAnswers => engine.scope(() => firstAnswers(
    new Session(exported.model, engine, { itemCodes, tagKnobs, samples }), { precision, accuracy },
  ));
  const text = (content: string): Uint8Array[] => [new TextEncoder().encode(content)];
  const files: WebFile[] = single
    ? [{ name: "index.html", pieces: text(singleFile(desk, { description, tensors }, links)) }]
    : [
      ...deskFileNames.map((name) => ({ name, pieces: [desk[name]] })),
      { name: `model/${WEB_DESCRIPTION}`, pieces: text(description) },
      { name: `model/${WEB_TENSORS}`, pieces: tensors },
      { name: `model/${FIRST_ANSWERS}`, pieces: text(JSON.stringify(first())) },
      { name: NOTES, pieces: text(notes(model, precision, accuracy, samples?.length ?? 0)) },
    ];
  const sizes = files.map(({ name, pieces }) => ({ name, bytes: sizeOf(pieces) }));
  return { files, sizes, precision, accuracy };
}

/** Refuses a place that writeWebExport would refuse: call it before the work. */
export async function checkExportPlace(place: string, single: boolean): Promise<void> {
  if (single) {
    if (!/\.html?$/.test(place)) throw new UserError(`${place}: a single file needs a name that ends in .html`);
    await checkFile(place);
    return;
  }
  await checkFolder(place, [...deskFileNames, "model", NOTES]);
}

/** Writes it to a folder, or to the file `place` when it is a single one; an earlier export there is replaced. */
export async function writeWebExport(place: string, { files }: WebExport, single: boolean): Promise<void> {
  if (single) await writeAtomically(place, files[0].pieces);
  else await writeFolderAtomically(place, files);
}

/** Histories of test users, whom the model has not seen, without their ids. */
function people(model: Model, test: HeldOut | null, count: number): SampleProfile[] {
  if (!test) throw new UserError("profiles of people need the data that the model was trained on: give --data FOLDER");
  const order = new Random(model.seed).shuffle(Int32Array.from(test.users.keys())).subarray(0, count);
  return Array.from(order, (row, i) => {
    const items = [...csrRow(test.input, row), ...csrRow(test.target, row)].sort((a, b) => a - b);
    return { name: `Person ${i + 1}`, items: items.map((item) => model.items.ids[item]) };
  });
}

/** What goes with the site: where the model comes from, under which terms, and what its precision cost. */
function notes(model: Model, precision: Precision, accuracy: WebAccuracy, profiles: number): string {
  const { data } = model;
  const licence = licenceOf(data.name);
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  const lines = [
    "This folder is a web page that needs no server program: put it on any static host.",
    "",
    `The model was trained by unknot on ${licence?.title ?? data.name}: ${data.trainUsers} users, ` +
    `${data.interactions} interactions in all.`,
    ...licence
      ? [
        `Terms of that data: ${licence.terms}`,
        ...licence.publisher ? [`See ${licence.publisher.url}`, `Credit: ${licence.publisher.credit}`] : [],
      ]
      : ["The terms of that data are not known to unknot: check them before you publish this."],
    "A model, its titles and its tags are derived from the data: whether you may publish them is for you to check.",
    "",
    `Weights are stored as ${precision}. Of ${accuracy.profiles} profiles' 20 best items ` +
    `${percent(accuracy.overlap)} are those of the model as trained (worst: ${percent(accuracy.worstOverlap)}).`,
    ...accuracy.ndcg
      ? [`nDCG@20 on ${accuracy.ndcg.users} test users: ${accuracy.ndcg.exported.toFixed(4)}, ` +
        `as trained ${accuracy.ndcg.trained.toFixed(4)}.`]
      : [],
    "",
    profiles > 0
      ? `It holds the interactions of ${profiles} people of the data set. That is personal data even without names.`
      : "It holds no person's interactions: the sample profiles are made up from tags.",
  ];
  return `${lines.join("\n")}\n`;
}
