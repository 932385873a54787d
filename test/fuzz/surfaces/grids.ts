/** Grids of experiments, and settings by --set: what is taken is a configuration that resolves to itself. */
import fc from "fast-check";
import { readdirSync, readFileSync } from "node:fs";
import { configWith, settingNames } from "../../../src/cli/settings.js";
import type { Config } from "../../../src/config/config.js";
import { presetNames, presets, type PresetName } from "../../../src/config/presets.js";
import { recommenders } from "../../../src/models/recommenders/registry.js";
import { resolveConfig } from "../../../src/models/resolve-config.js";
import { saeKinds } from "../../../src/models/sae/registry.js";
import { parseGrid } from "../../../src/sweep/grid.js";
import { byteChanges, changeBytes, changeJson, jsonChanges, type ByteChange, type JsonChange } from "../mutations.js";
import { demand, judge, mustHold, type OpenSurface, type Surface } from "../surface.js";

type Input =
  { readonly kind: "json"; readonly grid: number; readonly changes: readonly JsonChange[] } |
  { readonly kind: "bytes"; readonly grid: number; readonly changes: readonly ByteChange[] } |
  { readonly kind: "set"; readonly preset: PresetName; readonly model?: string; readonly set: readonly string[] };

const grids = new URL("../../../../grids/", import.meta.url);
const texts = readdirSync(grids).map((name) => readFileSync(new URL(name, grids)));
const parsed = texts.map((text) => JSON.parse(text.toString("utf8")) as unknown);
const words = [
  ...recommenders.names, ...saeKinds.names, ...presetNames, "l2", "cosine", "keep", "drop", [16, 32], ["l2", "nope"],
  { model: "elsa", factors: [8, 16] }, { kind: "topk", k: [4, 8], loss: ["l2", "cosine"] },
];
const setting = fc.tuple(
  fc.oneof(fc.constantFrom(...settingNames(), "model", "sae", "elsa.", ".k", "sae.kk", "__proto__.x"), fc.string()),
  fc.oneof(
    fc.constantFrom("0", "-1", "1", "0.5", "1e39", "1e-50", "1e999", "NaN", "Infinity", "", " ", "0x10", "1_000",
      "true", "yes", "topk", "basic", "elsa", "multvae", "64", "1e6", "1.5", "9007199254740993"),
    fc.double().map(String), fc.integer().map(String), fc.string({ maxLength: 10 }),
  ),
).map(([name, value]) => `${name}=${value}`);

const which = fc.nat(texts.length - 1);
const inputs: fc.Arbitrary<Input> = fc.oneof(
  fc.record({ kind: fc.constant("json" as const), grid: which, changes: jsonChanges(words) }),
  fc.record({ kind: fc.constant("bytes" as const), grid: which, changes: byteChanges }),
  fc.record({
    kind: fc.constant("set" as const), preset: fc.constantFrom(...presetNames),
    model: fc.option(fc.oneof(fc.constantFrom(...recommenders.names), fc.string({ maxLength: 6 })), { nil: undefined }),
    set: fc.array(setting, { maxLength: 4 }),
  }),
);

/** What a model's folder says of a configuration is read back by the same rules. */
function resolvesToItself(config: Config): void {
  const again = mustHold("it is refused when a model with it is opened", () =>
    resolveConfig(JSON.parse(JSON.stringify(config)) as Config));
  demand(JSON.stringify(again) === JSON.stringify(config), "read again it is another configuration");
}

function check(input: Input): ReturnType<typeof judge> {
  return judge(() => {
    if (input.kind === "set") {
      resolvesToItself(configWith(presets[input.preset], input.set, input.model));
      return;
    }
    const text = input.kind === "json"
      ? changeJson(parsed[input.grid], input.changes) : changeBytes(texts[input.grid], input.changes).toString("utf8");
    const { cfaes, saes } = parseGrid(text, "grid.json");
    // A recommender's own configuration has the preset's SAE, which means nothing (sweep/grid.ts).
    demand(saes.length === cfaes.length, `${saes.length} lists of SAEs for ${cfaes.length} recommenders`);
    for (const { config } of saes.flat()) resolvesToItself(config);
  });
}

function show(input: Input): string {
  if (input.kind === "set") return JSON.stringify(input);
  return input.kind === "json"
    ? changeJson(parsed[input.grid], input.changes) : changeBytes(texts[input.grid], input.changes).toString("utf8");
}

export const gridsAndSettings: Surface = {
  name: "grids", about: "grids of experiments, and --set", round: 500,
  open: () => Promise.resolve({ inputs, check, show } satisfies OpenSurface<Input> as OpenSurface),
};
