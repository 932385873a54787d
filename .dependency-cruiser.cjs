/**
 * The house as rules (CONTRIBUTING.md shows it as a picture): each folder of src is a floor, and a floor only looks
 * down. `npm run lint` fails when an import goes up, in a circle, or past the doors below.
 */

/** From the ground up. Floors on one line are peers: they stand side by side. */
const FLOORS = [
  ["kernels"],
  ["engine"],
  ["autograd"],
  ["models"],
  ["train"],
  ["evaluate", "interpret", "steer"],
  ["pipeline"],
  ["browser", "report"],
  ["desk", "export", "serve"],
  ["cli"],
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
      name: "data-stands-beside",
      comment: "src/data may import only src/kernels (csr, random, user-error) and itself.",
      severity: "error",
      from: { path: "^src/data/" },
      to: { path: "^src/", pathNot: "^src/(data|kernels)/" },
    },
    {
      name: "below-data",
      comment: "The numeric core does not know where its matrices come from.",
      severity: "error",
      from: { path: "^src/(kernels|engine|autograd|models|train)/" },
      to: { path: "^src/data/" },
    },
    {
      name: "index-is-the-door",
      comment: "src/index.ts is for those outside: inside, import the file that has it.",
      severity: "error",
      from: { path: "^src/.+/" },
      to: { path: "^src/index\\.ts$" },
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
      to: { dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown"], dependencyTypesNot: ["type-only"], pathNot: "(^|/)node_modules/@types/" },
    },
    {
      name: "commander-beyond-cli",
      comment: "Only the command line may use commander.",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/cli/" },
      to: { path: "(^|/)node_modules/commander/" },
    },
    {
      name: "kernels-are-platform-free",
      comment: "Kernels run in browsers: nothing from node:*, no package.",
      severity: "error",
      from: { path: "^src/kernels/" },
      to: { dependencyTypes: ["core", "npm", "npm-dev"] },
    },
    {
      name: "browsers-have-no-node",
      comment: "What is bundled for browsers takes nothing from node:* and no package; test/browser checks the bundle.",
      severity: "error",
      from: { path: "^src/(browser|desk)/" },
      to: { dependencyTypes: ["core", "npm", "npm-dev"] },
    },
    {
      name: "ndarray-stays-at-the-edge",
      comment: "ndarray generates code, which strict pages refuse: ndarray-view.ts is its door, index.ts that one's.",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/(autograd/ndarray-view|index)\\.ts$" },
      to: { path: "((^|/)node_modules/ndarray/|^src/autograd/ndarray-view\\.ts$)" },
    },
    {
      name: "piscina-has-one-door",
      comment: "Only src/engine/piscina-crew.ts may import piscina; everything above it asks the engine.",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/engine/piscina-crew\\.ts$" },
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
