/**
 * The house as rules (CONTRIBUTING.md shows it as a picture): each folder of src is a floor, and a floor only looks
 * down. `npm run lint` fails when an import goes up, in a circle, or past the doors below.
 */

/** From the ground up. Floors on one line are peers: they stand side by side. */
const FLOORS = [
  ["base"],
  ["files", "kernels"],
  ["engine"],
  ["autograd"],
  ["config"],
  ["data"],
  ["models"],
  ["train"],
  ["evaluate", "interpret", "steer"],
  ["model-folder"],
  ["measure"],
  ["session", "pipeline"],
  ["sweep", "report", "export", "browser"],
  ["queue", "serve", "desk"],
  ["cli"],
];

/**
 * Where Node may be used. Everything else runs in browsers too: what is bundled for them (src/browser) takes nothing
 * from node:* and no package, and test/browser checks the bundle itself.
 */
const NODE_ROOMS = ["files", "data", "measure", "pipeline", "sweep", "queue", "report", "export", "serve", "cli"];
const NODE_FILES = [
  "engine/available-cores", "engine/open", "engine/relaxed-simd", "engine/threads/piscina-pool",
  "train/checkpoint", "model-folder/folder",
  "session/open-session", "autograd/ndarray-view",
];

const upward = FLOORS.slice(0, -1).map((floor, level) => ({
  name: `${floor.join("-")}-looks-up`,
  comment: `src/${floor.join(", src/")} must not import a floor above it.`,
  severity: "error",
  from: { path: `^src/(${floor.join("|")})/` },
  to: { path: `^src/(${FLOORS.slice(level + 1).flat().join("|")})/` },
}));

module.exports = {
  forbidden: [
    ...upward,
    {
      name: "circle",
      comment: "No circular imports, not even of types.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "below-data",
      comment: "The numeric core does not know where its matrices come from.",
      severity: "error",
      from: { path: "^src/(base|files|kernels|engine|autograd|config|models|train)/" },
      to: { path: "^src/data/" },
    },
    {
      name: "index-is-the-door",
      comment: "src/index.ts and src/entries are for those outside: inside, import the file that has it.",
      severity: "error",
      from: { path: "^src/.+/" },
      to: { path: "^src/(index\\.ts$|entries/)" },
    },
    {
      name: "src-imports-tests",
      comment: "Shipped code must not import tests, benches, scripts or examples.",
      severity: "error",
      from: { path: "^src/" },
      to: { path: "^(test|bench|scripts|examples)/" },
    },
    {
      name: "src-needs-dev-dependency",
      comment: "What src imports at run time must be in dependencies (types may be development only).",
      severity: "error",
      from: { path: "^src/" },
      to: {
        dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown"],
        dependencyTypesNot: ["type-only"],
        pathNot: "(^|/)node_modules/@types/",
      },
    },
    {
      name: "commander-beyond-cli",
      comment: "Only the command line may use commander.",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/cli/" },
      to: { path: "(^|/)node_modules/commander/" },
    },
    {
      name: "browsers-have-no-node",
      comment: "This room runs in browsers too: nothing from node:*, no package (NODE_ROOMS and NODE_FILES may).",
      severity: "error",
      from: {
        path: "^src/.+/",
        pathNot: `^src/((${NODE_ROOMS.join("|")})/|(${NODE_FILES.join("|")})\\.ts$)`,
      },
      to: { dependencyTypes: ["core", "npm", "npm-dev"] },
    },
    {
      name: "browsers-do-not-reach-node",
      comment: "What a page loads must not reach a file that needs Node, however many files lie between them.",
      severity: "error",
      from: { path: "^src/(browser|desk)/" },
      to: { path: `^src/(${NODE_FILES.map((file) => `${file}\\.ts$`).join("|")})`, reachable: true },
    },
    {
      name: "ndarray-stays-at-the-edge",
      comment: "ndarray generates code, which strict pages refuse: only ndarray-view.ts, behind unknot/autograd.",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/(autograd/ndarray-view|entries/autograd)\\.ts$" },
      to: { path: "((^|/)node_modules/ndarray/|^src/autograd/ndarray-view\\.ts$)" },
    },
    {
      name: "piscina-has-one-door",
      comment: "Only src/engine/threads/piscina-pool.ts may import piscina; everything above it asks the engine.",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/engine/threads/piscina-pool\\.ts$" },
      to: { path: "(^|/)node_modules/piscina/" },
    },
    {
      name: "not-resolvable",
      comment: "An import that resolves to nothing. Examples import unknot by name, which resolves once it is built.",
      severity: "error",
      from: {},
      to: { couldNotResolve: true, pathNot: "^unknot(/|$)" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "types", "node", "default"],
    },
  },
};
