/** One seed's figures of bench/meaning.ts, flat, and what is aimed at. */
import { fraction, percent } from "../../src/base/numbers.js";
import { formatTable, left, right } from "../../src/cli/tables/table.js";
import type { Meaning } from "../../src/interpret/meaning/meaning-figures.js";
import type { TrainingAgreement } from "../../src/measure/compare-trainings.js";
import type { Figures } from "./trainings.js";

/** What is aimed at, by the name of the figure: at least, or at most where it says so. */
type Aims = Readonly<Record<string, { readonly aim: number; readonly atMost?: boolean }>>;

export const WORLD_AIMS: Aims = {
  "F1": { aim: 0.72 }, "F1, children": { aim: 0.74 }, "F1, parents": { aim: 0.6 }, "recovered": { aim: 0.5 },
  "uniqueness": { aim: 0.99 }, "absorption": { aim: 0.25, atMost: true }, "users' AUC": { aim: 0.88 },
  "own share": { aim: 0.5 }, "stranger's share": { aim: 0.1, atMost: true }, "sets of neurons": { aim: 0.78 },
  "PW-MCC": { aim: 0.7 }, "dead share": { aim: 0.01, atMost: true }, "nDCG kept, SAE alone": { aim: 0.99 },
};
export const TAG_AIMS: Aims = {
  "best neuron / best axis": { aim: 1.4 }, "sets of neurons / probe": { aim: 0.85 },
  "proven share": { aim: 0.6 }, "proven share, concepts": { aim: 0.6 }, "anew: concepts found again": { aim: 0.9 },
  "from it: concepts found again": { aim: 0.9 }, "dead share": { aim: 0.01, atMost: true },
};

export function figuresOf({ codes, ceilings, sets, world, proven, groups, ...meaning }: Meaning): Figures {
  const { SAE: own, ...controls } = codes;
  const probe = ceilings["probe on the embedding"];
  return {
    "F1": own.f1, "F1 in-sample": own.fit, "F1, one to one": own.oneToOne,
    ...own.parents === undefined ? {} : {
      "F1, parents": own.parents, "F1, children": own.children!, "F1, free": own.free!,
      "correlation match": own.correlation!,
    },
    "recovered": own.recovered, "uniqueness": own.uniqueness, "sets of neurons": sets.f1, "neurons of a set": sets.size,
    ...world ? {
      "directions": world.directions, "directions, random": world.randomDirections, "absorption": world.absorption,
      "hidden": world.hidden, "union of neurons": world.union, "users' AUC": world.userAuc, "own share": world.own,
      "stranger's share": world.stranger,
    } : {
      "best neuron / best axis": own.f1 / codes.PCA.f1, "sets of neurons / probe": sets.f1 / probe,
    },
    ...proven ? {
      "proven neurons": proven.neurons / proven.alive, "proven share": proven.share,
      "provable share": proven.provable!.share, "provable tags": proven.provable!.tags / meaning.concepts,
      "tags with a proven neuron": proven.tags / meaning.concepts, "names per neuron": proven.namesPerNeuron,
    } : {},
    ...groups ? {
      "concepts": groups.concepts, "best concept": groups.f1, "concepts with a proven name": groups.proven,
      "proven share, concepts": groups.share, "tags with a proven concept": groups.tags,
    } : {},
    "variance explained": meaning.explained, "L0": meaning.l0, "dead share": meaning.dead / meaning.neurons,
    ...Object.fromEntries(Object.entries(controls).map(([name, { f1 }]) => [`floor: ${name}`, f1])),
    ...Object.fromEntries(Object.entries(ceilings).map(([name, f1]) => [`ceiling: ${name}`, f1])),
    "items": meaning.items, "tags or planted concepts": meaning.concepts, "left out": meaning.leftOut,
  };
}

/** @param how the other training came about; part of the figures' names. */
export function agreementFigures(how: string, { rows, effects, concepts }: TrainingAgreement): Figures {
  const found = {
    "effect MCC": effects.cosine, "effect MCC of random directions": effects.random,
    "concepts found again": concepts.matched,
    ...concepts.proven > 0 ? {
      "proven concepts found again": concepts.provenMatched, "under the same tag": concepts.sameTag,
    } : {},
  };
  return {
    ...rows ? { "PW-MCC": rows.cosine, "PW-MCC of random rows": rows.random } : {},
    ...Object.fromEntries(Object.entries(found).map(([name, value]) => [`${how}: ${name}`, value])),
  };
}

const COUNTS: ReadonlySet<string> = new Set([
  "items", "tags or planted concepts", "left out", "concepts", "concepts with a proven name",
  "tags with a proven concept",
]);

export function figuresTable(all: readonly Figures[], seeds: readonly number[], aims: Aims): string {
  const write = (name: string, value: number): string =>
    COUNTS.has(name) ? String(Math.round(value)) : name === "L0" || name === "neurons of a set"
      ? value.toFixed(1) : name === "dead share" || name.startsWith("nDCG") ? percent(value, 1) : fraction(value);
  const rows = Object.keys(all[0]).map((name) => {
    const mean = all.reduce((sum, figures) => sum + figures[name], 0) / all.length;
    const goal = aims[name];
    const reached = goal && (goal.atMost ? mean <= goal.aim : mean >= goal.aim) ? "yes" : "no";
    return [
      name, ...all.map((figures) => write(name, figures[name])), write(name, mean),
      goal ? `${goal.atMost ? "≤" : "≥"} ${write(name, goal.aim)}` : "", goal ? reached : "",
    ];
  });
  const columns = seeds.map((seed) => right(`seed ${seed}`));
  return formatTable([left("figure"), ...columns, right("mean"), right("aim"), left("reached")], rows);
}
