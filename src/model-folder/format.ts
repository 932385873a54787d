/**
 * What a stored model says, whichever files it is in: a description (JSON) and tensors, from a Model and back. Reading
 * and writing files is folder.ts, the form for browsers src/browser; nothing here needs Node.
 *
 * Everything that is read is checked, and refused by the name of its file and its place in it.
 */
import type { TagCounts } from "../data/dataset.js";
import type { Concept } from "../interpret/concepts/concepts.js";
import type { NeuronLabel } from "../interpret/labels.js";
import { transpose } from "../base/dense.js";
import { UserError } from "../base/user-error.js";
import { factorsOf, recordOf, settingsOf } from "../models/recommenders/registry.js";
import { saeKinds } from "../models/sae/registry.js";
import { resolveConfig } from "../models/resolve-config.js";
import type { Config, PartialConfig } from "../config/config.js";
import type { CheckedJson } from "../base/checked-json.js";
import type { DataSource } from "../data/data-source.js";
import { estimateFrom, listsFrom } from "./lists-format.js";
import { meaningFrom } from "./meaning-format.js";
import type { EstimatedItem, FitSummary, Model, ModelData, ModelMetrics, ModelUpdate, Quality } from "./model.js";
import type { NamedTensors } from "../base/named-tensors.js";

/**
 * No training comes near it (learning rates are below 1), and products of larger ones overflow single precision: scores
 * would be no numbers.
 */
const LARGEST_WEIGHT = 1e6;

/** The model's tensors by the names and in the layout of PyTorch's reference: W_enc is (D, H) there. */
export function modelTensors(model: Model): NamedTensors {
  const { factors: D, neurons: H } = model.shape;
  return {
    ...model.cfae,
    encoder_w: { shape: [D, H], data: transpose(model.sae.encoderW, H, D) },
    encoder_b: { shape: [H], data: model.sae.encoderB },
    decoder_w: { shape: [H, D], data: model.sae.decoderW },
    decoder_b: { shape: [D], data: model.sae.decoderB },
    ...thresholdOf(model),
  };
}

/** Everything else, as JSON: one top-level member a line, readable enough, and diffs show what changed. */
export function describeModel(first: Readonly<Record<string, unknown>>, model: Model): string {
  const { tags } = model;
  const members = {
    ...first,
    config: model.config,
    seed: model.seed,
    numerics: model.numerics,
    shape: { items: model.items.ids.length, ...model.shape },
    metrics: model.metrics,
    ...(model.meaning ? { meaning: model.meaning } : {}),
    fit: model.fit,
    data: model.data,
    ...(model.update ? { update: model.update } : {}),
    ...(model.namesKept ? { namesKept: model.namesKept } : {}),
    labels: model.labels,
    ...(model.concepts ? { concepts: model.concepts } : {}),
    tags: tags && {
      names: tags.names,
      indptr: Array.from(tags.counts.indptr),
      items: Array.from(tags.counts.indices),
      counts: Array.from(tags.counts.values!),
    },
    items: model.items,
  };
  const lines = Object.entries(members).map(([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)}`);
  return `{\n${lines.join(",\n")}\n}\n`;
}

/** @throws UserError for JSON that is something else, or of a later version. */
export function checkFormat(json: CheckedJson, format: string, version: number): void {
  const found = json.at("format");
  if (found.raw !== format) found.refuse(`"${format}": this is no model of unknot`);
  const written = json.at("version").whole(1);
  if (written > version) {
    throw new UserError(`${json.file}: version ${written}, this unknot reads up to ${version}: use a newer unknot`);
  }
}

/**
 * The model that a description and its tensors are, everything checked.
 * @param file the tensors' name, for messages only.
 * @throws UserError naming the file and the place in it.
 */
export function modelFrom(json: CheckedJson, tensors: NamedTensors, file: string): Model {
  const shape = json.at("shape");
  const I = shape.at("items").whole(1);
  const D = shape.at("factors").whole(1);
  const H = shape.at("neurons").whole(1);
  const tensor = (name: string, ...expected: number[]): Float32Array => {
    const found = Object.hasOwn(tensors, name) ? tensors[name] : null;
    if (!found) throw new UserError(`${file}: tensor "${name}" is missing`);
    if (found.shape.join() !== expected.join()) {
      throw new UserError(`${file}: tensor "${name}" is ${found.shape.join("×")}, expected ${expected.join("×")}`);
    }
    const strange = found.data.findIndex((value) => !(Math.abs(value) <= LARGEST_WEIGHT));
    if (strange >= 0) {
      throw new UserError(`${file}: tensor "${name}" holds ${found.data[strange]}: the model is broken`);
    }
    return found.data;
  };
  const tags = tagsFrom(json.at("tags"), I);
  const config = configFrom(json.at("config"));
  if (factorsOf(config) !== D) {
    throw new UserError(`${json.file}: shape.factors is ${D}, the configuration says ${factorsOf(config)}`);
  }
  const cfae = cfaeFrom(config, I, tensor);
  const { threshold } = saeKinds.get(config.sae.kind);
  return {
    config,
    seed: json.at("seed").number(),
    numerics: json.at("numerics").oneOf(["fused", "portable", "plain"]),
    items: itemsFrom(json.at("items"), I),
    cfae,
    sae: {
      encoderW: transpose(tensor("encoder_w", D, H), D, H),
      encoderB: tensor("encoder_b", H),
      decoderW: tensor("decoder_w", H, D),
      decoderB: tensor("decoder_b", D),
      ...(threshold ? { threshold: tensor(threshold.name, threshold.perNeuron ? H : 1) } : {}),
    },
    shape: { factors: D, neurons: H, k: shape.at("k").whole(1, H) },
    tags,
    labels: json.at("labels").list(H).map((label, neuron) => labelFrom(label, neuron, tags)),
    ...(json.at("concepts").isNull ? {} : { concepts: conceptsFrom(json.at("concepts"), I, H, tags) }),
    fit: { cfae: fitFrom(json.at("fit").at("cfae")), sae: fitFrom(json.at("fit").at("sae")) },
    metrics: metricsFrom(json.at("metrics")),
    ...(json.at("meaning").isNull ? {} : { meaning: meaningFrom(json.at("meaning"), H) }),
    data: dataFrom(json.at("data")),
    ...(json.at("update").isNull ? {} : { update: countsFrom(json.at("update"), ...UPDATE) }),
    ...(json.at("namesKept").isNull ? {} : { namesKept: countsFrom(json.at("namesKept"), "concepts", "kept") }),
  };
}

/** The tensor that only some kinds of SAE have. */
function thresholdOf({ config, sae }: Model): NamedTensors {
  const found = saeKinds.get(config.sae.kind).threshold;
  return found && sae.threshold ? { [found.name]: { shape: [sae.threshold.length], data: sae.threshold } } : {};
}

/** The recommender's tensors, each of the shape that the configuration asks for. */
function cfaeFrom(
  config: Config, items: number, tensor: (name: string, ...shape: number[]) => Float32Array,
): NamedTensors {
  const shapes = Object.entries(recordOf(config).tensors(items, settingsOf(config)));
  return Object.fromEntries(shapes.map(([name, shape]) => [name, { shape, data: tensor(name, ...shape) }]));
}

function configFrom(json: CheckedJson): Config {
  json.at("model");
  try {
    return resolveConfig(json.raw as PartialConfig);
  } catch (error) {
    throw new UserError(`${json.file}: config: ${(error as Error).message}`);
  }
}

function itemsFrom(json: CheckedJson, items: number): Model["items"] {
  const users = json.at("users");
  const ids = json.at("ids").strings(items);
  if (new Set(ids).size < items) {
    const seen = new Set<string>();
    const twice = ids.find((id) => seen.size === seen.add(id).size);
    json.at("ids").refuse("each id once", `a list with "${twice}" twice`);
  }
  const estimated = json.at("estimated");
  return {
    ids, titles: json.at("titles").strings(items),
    ...(users.isNull ? {} : { users: users.list(items).map((count) => count.whole()) }),
    ...(estimated.isNull ? {} : { estimated: estimatedFrom(estimated, items) }),
  };
}

/** The last items, in order. */
function estimatedFrom(json: CheckedJson, items: number): EstimatedItem[] {
  const list = json.list();
  const first = items - list.length;
  return list.map((one, i) => ({
    item: one.at("item").whole(first + i, first + i),
    cosine: one.at("cosine").number(), low: one.at("low").number(), high: one.at("high").number(),
    reasons: one.at("reasons").list().map((reason) =>
      ({ tag: reason.at("tag").string(), share: reason.at("share").number() })),
  }));
}

function tagsFrom(json: CheckedJson, items: number): TagCounts | null {
  if (json.isNull) return null;
  const names = json.at("names").strings();
  const indptr = Int32Array.from(json.at("indptr").list(names.length + 1), (entry) => entry.whole());
  const size = indptr[names.length];
  if (new Set(names).size < names.length) json.at("names").refuse("each name once", "a list with doubles");
  if (indptr[0] !== 0 || indptr.some((at, t) => t > 0 && at < indptr[t - 1])) {
    json.at("indptr").refuse("ascending numbers from 0");
  }
  return {
    names,
    counts: {
      rows: names.length, cols: items, indptr,
      indices: Int32Array.from(json.at("items").list(size), (entry) => entry.whole(0, items - 1)),
      values: Float32Array.from(json.at("counts").list(size), countFrom),
    },
  };
}

/** Kept in single precision. */
function countFrom(json: CheckedJson): number {
  const count = Math.fround(json.number());
  return count > 0 && count < Infinity ? count : json.refuse("a positive number");
}

function labelFrom(json: CheckedJson, neuron: number, tags: TagCounts | null): NeuronLabel {
  const last = (tags?.names.length ?? 0) - 1;
  return {
    neuron: json.at("neuron").whole(neuron, neuron),
    label: json.at("label").isNull ? null : json.at("label").string(),
    tag: json.at("tag").whole(-1, last),
    confidence: json.at("confidence").numberOrNaN(),
    runnersUp: json.at("runnersUp").list().map((other) => ({
      tag: other.at("tag").whole(0, last),
      label: other.at("label").string(),
      confidence: other.at("confidence").numberOrNaN(),
    })),
    density: json.at("density").number(),
    ...(json.at("earlier").isNull ? {} : {
      earlier: json.at("earlier").list().map((name) => (name.isNull ? null : name.string())),
    }),
  };
}

function conceptsFrom(json: CheckedJson, items: number, neurons: number, tags: TagCounts | null): Concept[] {
  const last = (tags?.names.length ?? 0) - 1;
  const [names, taken] = [new Set<string>(), new Set<number>()];
  return json.list().map((one) => {
    const name = one.at("name").string();
    const members = one.at("neurons").list().map((n) => n.whole(0, neurons - 1));
    if (names.has(name)) one.at("name").refuse("a name that no other concept has");
    if (members.length === 0 || members.some((n) => taken.has(n))) {
      one.at("neurons").refuse("neurons that no other concept has, at least one");
    }
    names.add(name);
    for (const n of members) taken.add(n);
    return {
      name, tag: one.at("tag").whole(-1, last), proven: one.at("proven").boolean(), f1: one.at("f1").number(),
      neurons: members, weights: one.at("weights").list(members.length).map((weight) => weight.number()),
      items: one.at("items").list().map((item) => item.whole(0, items - 1)),
    };
  });
}

function fitFrom(json: CheckedJson): FitSummary {
  return {
    // 0 for what was trained elsewhere.
    epochs: json.at("epochs").whole(),
    bestEpoch: json.at("bestEpoch").whole(),
    bestValidationLoss: json.at("bestValidationLoss").numberOrNaN(),
    stoppedEarly: json.at("stoppedEarly").boolean(),
  };
}

function metricsFrom(json: CheckedJson): ModelMetrics {
  const quality = (name: string): Quality =>
    ({ recall: estimateFrom(json.at(name).at("recall")), ndcg: estimateFrom(json.at(name).at("ndcg")) });
  return {
    testUsers: json.at("testUsers").whole(),
    popularity: quality("popularity"),
    cfae: quality("cfae"),
    nested: quality("nested"),
    // Models of earlier versions showed what came through the SAE.
    shown: json.at("shown").isNull ? "nested" : json.at("shown").oneOf(["cfae", "nested"]),
    change: quality("change"),
    ...(json.at("lists").isNull ? {} : { lists: listsFrom(json.at("lists")) }),
    cosine: estimateFrom(json.at("cosine")),
    l0: estimateFrom(json.at("l0")),
    dead: json.at("dead").whole(),
    ...(json.at("activation").isNull ? {} : { activation: json.at("activation").positive() }),
  };
}

const UPDATE = ["neurons", "kept", "newItems", "goneItems"] as const satisfies readonly (keyof ModelUpdate)[];

function countsFrom<Name extends string>(json: CheckedJson, ...names: Name[]): Record<Name, number> {
  return Object.fromEntries(names.map((name) => [name, json.at(name).whole()])) as Record<Name, number>;
}

function dataFrom(json: CheckedJson): ModelData {
  const source = json.at("source");
  if (!source.isNull) source.at("seed").number();
  return {
    name: json.at("name").string(),
    source: source.isNull ? null : source.raw as DataSource,
    trainUsers: json.at("trainUsers").whole(),
    validationUsers: json.at("validationUsers").whole(),
    testUsers: json.at("testUsers").whole(),
    interactions: json.at("interactions").whole(),
    minTagApplications: json.at("minTagApplications").number(),
    notes: json.at("notes").strings(),
    ...(json.at("users").isNull ? {} : { users: json.at("users").string() }),
  };
}
