/**
 * Do calibrated knobs act as their scale says, on trained models and their test users (session/measure-knob-scale.ts)?
 * Not a timing bench: it prints how far the share of the list that changes is from the position, how often it does not
 * fall when the position rises, and what turning down to −1 removes and costs.
 *
 *   node dist/bench/knob-scale.js [--residual WORD] [--users N] MODEL…
 *
 * MODEL: folders of `unknot train` that remember where their data is; WORD in place of their own residual.
 */
import { parseArgs } from "node:util";
import { openData } from "../src/data/data-source.js";
import { openEngine } from "../src/engine/open.js";
import { residuals, type Residual } from "../src/config/sae.js";
import { loadModel } from "../src/model-folder/folder.js";
import { withResidual } from "../src/model-folder/model.js";
import { measureKnobScale } from "../src/session/measure-knob-scale.js";
import { openSession } from "../src/session/open-session.js";

const { values: { residual, users }, positionals } = parseArgs({
  options: { residual: { type: "string" }, users: { type: "string", default: "100" } }, allowPositionals: true,
});
if (residual !== undefined && !residuals.some((word) => word === residual)) {
  throw new Error(`--residual: one of ${residuals.join(", ")}`);
}

for (const folder of positionals) {
  const model = withResidual(await loadModel(folder), residual as Residual | undefined);
  if (!model.data.source || !model.tags) throw new Error(`${folder}: needs tags and the source of its data`);
  const { split } = await openData(model.data.source);
  const engine = openEngine({ threads: 1 });
  const scale = (await measureKnobScale(openSession(model, { engine }), split.test, { users: Number(users) }))!;
  engine.close();
  const { pairs, moves, error, monotone, removals, removed, kept } = scale;
  console.log(
    `${model.data.name}, seed ${model.seed}: ${pairs} profiles with a tag each, ${moves} positions; share changed ` +
    `off by ${error.toFixed(4)}, not falling at ${(100 * monotone).toFixed(1)} %; at −1, ${removals} lists: ` +
    `${(100 * removed).toFixed(1)} % of the tag's items leave, ${(100 * kept).toFixed(1)} % of the nDCG@20 kept for ` +
    "what is left",
  );
}
