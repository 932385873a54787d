/**
 * unknot demo: the main job from beginning to end on the built-in world, whose concepts are known. `npm start` runs it.
 */
import { Option, type Command } from "commander";
import { worldPresets } from "../data/world/world.js";
import { openEngine } from "../engine/open.js";
import type { Recovery } from "../interpret/meaning/recovery.js";
import { csrRow } from "../base/csr.js";
import { openData, type OpenedData } from "../data/data-source.js";
import {
  measureRecovery, measureSteering, type ConceptsFound, type ConceptSteering,
} from "../measure/measure-concepts.js";
import type { SteeredLists } from "../session/session-types.js";
import { openSession } from "../session/open-session.js";
import type { Session } from "../session/session.js";
import { trainModel } from "../pipeline/train-model.js";
import type { Context } from "./context.js";
import { fraction, percent } from "../base/numbers.js";
import { metricsTable, planLine } from "./tables/format.js";
import { addMachineOptions, addOutputOptions, collect, number, type CommonOptions } from "./options.js";
import { duration } from "./progress.js";
import { presets } from "../config/presets.js";
import { configWith } from "./settings.js";
import { left, right } from "./tables/table.js";
import { describeSteering } from "./steer.js";

interface DemoOptions extends CommonOptions {
  world: string;
  seed: number;
  set?: string[];
}

const STRENGTH = 0.3;

export function addDemo(command: Command, context: Context): void {
  command
    .addOption(new Option("--world <name>", "which world").choices(Object.keys(worldPresets)).default("small"))
    .option("--seed <n>", "of the world, the split and the training", number(), 42)
    .option("--set <key=value>", "change a setting, as for train; repeatable", collect);
  addMachineOptions(command);
  addOutputOptions(command)
    .addHelpText("after", `
Examples:
  unknot demo
  unknot demo --world tiny --seed 7 --json`)
    .action((options: DemoOptions) => demo(options, context));
}

async function demo(options: DemoOptions, context: Context): Promise<void> {
  const began = performance.now();
  const progress = context.progress(options);
  const { world, seed, threads, kernels, numerics } = options;
  const opened = await openData({ world, seed });
  const { dataset, split } = opened;
  const truth = opened.truth!;
  for (const note of dataset.notes) progress.note(note);
  const engine = openEngine({ threads, kernels, numerics });
  try {
    const model = await trainModel(dataset, {
      config: configWith(presets.default, options.set), seed, split, source: { world, seed }, engine, kernels, numerics,
      hooks: { ...progress.training(context.signal), onPlan: (plan) => progress.note(planLine(plan)) },
    });
    progress.note("looking for the planted concepts");
    const found = measureRecovery(engine, model, truth);
    const steering = measureSteering(engine, model, truth, split.test, STRENGTH);
    const session = openSession(model, { engine });
    const person = examplePerson(session, opened, found);
    progress.clear();
    if (options.json) {
      const { config, metrics, fit } = model;
      context.json({ world, seed, config, metrics, fit, recovery: found, steering, person });
      return;
    }
    context.print(
      `Results on ${dataset.name}, ${model.shape.factors} factors and ${model.shape.neurons} neurons`,
      metricsTable(context, model.metrics, model),
      "Planted concepts found again",
      conceptsTable(context, found),
      steeringLines(steering),
      `A person with a taste for ${person.tastes.join(", ")} turns up "${person.tag}"`,
      ...describeSteering(session, person.lists, context),
      `all of this took ${duration(performance.now() - began)}`,
    );
  } finally {
    progress.clear();
    engine.close();
  }
}

function conceptsTable(context: Context, { sae, untrained, pca, names }: ConceptsFound): string {
  const row = (name: string, { recovered, meanF1, meanAuc, concepts, level }: Recovery): string[] => {
    const count = concepts.filter(({ f1 }) => f1 >= level).length;
    return [name, `${count} of ${concepts.length}`, percent(recovered), fraction(meanF1), fraction(meanAuc)];
  };
  return [
    context.table(
      [left("codes"), right("recovered"), right(""), right("mean F1"), right("mean AUC")],
      [row("trained SAE", sae), row("principal components", pca), row("untrained SAE", untrained)],
    ),
    `  recovered: the best single neuron tells the concept's items from others with F1 ≥ ${sae.level}`,
    `  ${names.right} of ${names.concepts} recovered concepts are named rightly by the tags`,
  ].join("\n");
}

function steeringLines({ strength, concepts, before, after, mostly }: ConceptSteering): string {
  return [
    `  turning the knobs of ${concepts} concepts to ${strength}, one at a time, for every test user: a concept's items`,
    `  fill ${percent(before)} of the top 20 before, ${percent(after)} after, ` +
    `and more than half for ${mostly} concepts`,
  ].join("\n");
}

interface Person {
  readonly user: string;
  readonly tastes: readonly string[];
  readonly tag: string;
  readonly strength: number;
  readonly lists: SteeredLists;
}

/** The first test user, and the best recovered concept that is none of the user's tastes. */
function examplePerson(session: Session, { dataset, split, truth }: OpenedData, { sae }: ConceptsFound): Person {
  const user = split.test.users[0];
  const tastes = Array.from(csrRow(truth!.userConcepts, user));
  const known = new Set(session.model.tags?.names ?? []);
  const candidates = sae.concepts.filter(({ concept, name }) => !tastes.includes(concept) && known.has(name));
  const wish = candidates.reduce((best, c) => (c.f1 > best.f1 ? c : best));
  const profile = Array.from(csrRow(split.test.input, 0), (item) => dataset.itemIds[item]);
  return {
    user: dataset.userIds[user],
    tastes: tastes.map((concept) => truth!.conceptNames[concept]),
    tag: wish.name,
    strength: STRENGTH,
    // One neuron, as measureSteering turned: a demonstration shows the single knob.
    lists: session.steer(profile, [{ tag: wish.name, strength: STRENGTH, neurons: 1, mapping: "characterises" }]),
  };
}
