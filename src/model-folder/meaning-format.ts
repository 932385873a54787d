/** What a model file says about the meaning of its neurons, read and checked (interpret/meaning/meaning-figures.ts). */
import type { CheckedJson } from "../base/checked-json.js";
import type {
  ConceptFigures, FiringFigures, Meaning, ProvenFigures, WorldFigures,
} from "../interpret/meaning/meaning-figures.js";

const FIRING = ["f1", "fit", "precision", "recall", "auc", "recovered", "uniqueness", "oneToOne"] as const;
const OF_HARD_WORLDS = ["parents", "children", "free", "correlation"] as const;
const WORLD = [
  "directions", "randomDirections", "absorption", "hidden", "union", "unionNeurons", "split", "userAuc", "own",
  "stranger",
] as const;

/** @param neurons H. @throws UserError naming the place. */
export function meaningFrom(json: CheckedJson, neurons: number): Meaning {
  const [world, proven, groups] = ["world", "proven", "groups"].map((name) => json.at(name));
  return {
    against: json.at("against").oneOf(["concepts", "tags"]),
    items: json.at("items").whole(),
    concepts: json.at("concepts").whole(),
    leftOut: json.at("leftOut").whole(),
    codes: named(json.at("codes"), firingFrom),
    ceilings: named(json.at("ceilings"), (one) => one.numberOrNaN()),
    sets: numbers(json.at("sets"), ["f1", "size"]),
    ...numbers(json, ["explained", "l0"]),
    dead: json.at("dead").whole(0, neurons),
    neurons: json.at("neurons").whole(neurons, neurons),
    world: world.isNull ? null : numbers(world, WORLD) satisfies WorldFigures,
    proven: proven.isNull ? null : provenFrom(proven, neurons),
    groups: groups.isNull ? null : groupsFrom(groups, neurons),
  };
}

function firingFrom(json: CheckedJson): FiringFigures {
  const more = OF_HARD_WORLDS.filter((name) => json.at(name).raw !== undefined);
  return { ...numbers(json, FIRING), ...numbers(json, more) };
}

function provenFrom(json: CheckedJson, neurons: number): ProvenFigures {
  return {
    neurons: json.at("neurons").whole(0, neurons),
    alive: json.at("alive").whole(0, neurons),
    tags: json.at("tags").whole(),
    ...numbers(json, ["share", "namesPerNeuron"]),
    ...json.at("provable").isNull ? {} : {
      provable: { ...numbers(json.at("provable"), ["share"]), tags: json.at("provable").at("tags").whole() },
    },
    names: json.at("names").list().map((one) => ({
      neuron: one.at("neuron").whole(0, neurons - 1),
      name: one.at("name").string(),
      ...numbers(one, ["f1", "lower"]),
    })),
  };
}

function groupsFrom(json: CheckedJson, neurons: number): ConceptFigures {
  return {
    concepts: json.at("concepts").whole(0, neurons),
    proven: json.at("proven").whole(0, neurons),
    tags: json.at("tags").whole(),
    ...numbers(json, ["share", "f1", "uniqueness"]),
  };
}

function numbers<N extends string>(json: CheckedJson, names: readonly N[]): Record<N, number> {
  return Object.fromEntries(names.map((name) => [name, json.at(name).numberOrNaN()])) as Record<N, number>;
}

/** Members by whatever names they have. */
function named<T>(json: CheckedJson, read: (one: CheckedJson) => T): Record<string, T> {
  if (typeof json.raw !== "object" || json.raw === null || Array.isArray(json.raw)) json.refuse("an object");
  return Object.fromEntries(Object.keys(json.raw).map((name) => [name, read(json.at(name))]));
}
