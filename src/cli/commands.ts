/**
 * The commands, in the order of the help: a line each, without what they load. Only the one that is called is loaded,
 * so that `unknot --help`, a wrong name and a wrong option answer at once.
 */
import type { Command } from "commander";
import type { Context } from "./context.js";

/** Adds options, arguments, help and the action to a command that has its name and summary. */
export type AddCommand = (command: Command, context: Context) => void;

export interface CommandEntry {
  readonly name: string;
  /** As the list of commands shows them: "<model> <place>"; the command itself says what they are. */
  readonly parameters: string;
  readonly summary: string;
  readonly load: () => Promise<AddCommand>;
}

function entry(name: string, parameters: string, summary: string, load: () => Promise<AddCommand>): CommandEntry {
  return { name, parameters, summary, load };
}

export const commands: readonly CommandEntry[] = [
  entry(
    "demo", "",
    "The whole way on the built-in world: train, evaluate, find the planted concepts again, turn a knob.",
    async () => (await import("./demo.js")).addDemo,
  ),
  entry(
    "train", "",
    "Train a recommender and the sparse autoencoder on it; name its neurons; write a model folder.",
    async () => (await import("./train.js")).addTrain,
  ),
  entry(
    "evaluate", "",
    "Rank for the test users: recall@20 and nDCG@20 of popularity and the model, without and with the SAE.",
    async () => (await import("./evaluate.js")).addEvaluate,
  ),
  entry(
    "inspect", "",
    "Look inside a model: its tags, a tag, a neuron, a user, its selectivity.",
    async () => (await import("./inspect.js")).addInspect,
  ),
  entry(
    "recommend", "",
    "The best items for one person, with the neurons that speak for each.",
    async () => (await import("./lists/recommend.js")).addRecommend,
  ),
  entry(
    "steer", "",
    "Turn knobs, tags or single neurons, and see how one person's list changes.",
    async () => (await import("./steer.js")).addSteer,
  ),
  entry(
    "similar", "",
    "Items like an item, or people like a person, with the neurons that both share.",
    async () => (await import("./lists/similar.js")).addSimilar,
  ),
  entry(
    "data", "",
    "Data sets: look at one, download one, write the built-in world.",
    async () => (await import("./data.js")).addData,
  ),
  entry(
    "sweep", "<grid.json>",
    "Train and measure a grid of recommenders and SAEs; the same command goes on after a stop.",
    async () => (await import("./sweep.js")).addSweep,
  ),
  entry(
    "work", "<redis>",
    "Do what `unknot sweep` and `recommend --all` put into a queue on a Redis server, on many machines.",
    async () => (await import("./work.js")).addWork,
  ),
  entry(
    "compare", "<results.jsonl>",
    "Print and sort the results of a sweep, and say which of the paper's findings hold on them.",
    async () => (await import("./compare.js")).addCompare,
  ),
  entry(
    "extend", "",
    "Add items that nobody has chosen yet: their vectors are worked out from their tags.",
    async () => (await import("./extend.js")).addExtend,
  ),
  entry(
    "import", "<file>",
    "A model with an SAE that was trained elsewhere: SAELens, sparsify, dictionary_learning.",
    async () => (await import("./import.js")).addImport,
  ),
  entry(
    "report", "<model>",
    "Write one HTML file about a model: results, selectivity, neurons, reasons, steering, and what did not work.",
    async () => (await import("./report.js")).addReport,
  ),
  entry(
    "serve", "<model>",
    "Answer over HTTP with JSON: recommend, steer, explain, look inside; the mixing desk at /.",
    async () => (await import("./serve.js")).addServe,
  ),
  entry(
    "export", "<model> <place>",
    "Write the mixing desk with a model inside, for any static web host.",
    async () => (await import("./export.js")).addExport,
  ),
  entry(
    "steer-bench", "",
    "Steer held-out users by half of each tag's items, and see what happens to the other half.",
    async () => (await import("./steer-bench.js")).addSteerBench,
  ),
];
