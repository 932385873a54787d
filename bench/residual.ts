/**
 * What a session should do with the part of an embedding that the SAE does not rebuild (steer/turned-embedding.ts):
 * drop it, keep it, let it fade, or blend. Not a timing bench: it prints accuracy with nothing turned and steering
 * beside it, on the validation users, since the default is chosen by it.
 *
 *   node dist/bench/residual.js [--residual WORD] [--own-only] [--users N] MODEL…
 *
 * MODEL: folders of `unknot train`, their data where they remember it; WORD in place of the model's own residual; N
 * validation and test users at most. Steering is the segment nDCG@20 at the strength (0, .01 … .89) that shows most of
 * the segment among those that keep 98 % of the plain recommender's personal nDCG@20. Strengths are shares of the own
 * activation (steer/own-shares.ts), or, "root", of the geometric mean with x̄, of the validation users where the model
 * does not say. What the model's own residual reaches with these strengths on the test users stands below.
 */
import { parseArgs } from "node:util";
import { csrColumnCounts, csrRow, csrSelectRows } from "../src/base/csr.js";
import { openData } from "../src/data/data-source.js";
import type { HeldOut } from "../src/data/dataset.js";
import { openEngine } from "../src/engine/open.js";
import { residualOf, residuals, type Residual } from "../src/config/sae.js";
import { encodeItems } from "../src/model-folder/encode-items.js";
import { loadModel } from "../src/model-folder/folder.js";
import { withResidual } from "../src/model-folder/model.js";
import { openDecoderKnobs } from "../src/model-folder/open-model.js";
import { openNested } from "../src/model-folder/open-model.js";
import { range } from "../src/models/encode-all.js";
import { chooseStrengthFinely } from "../src/steer/choose-strength.js";
import { evaluateSteering, KnobSteering, tagNeurons, type Steering } from "../src/steer/evaluate-steering.js";
import { typicalActivation } from "../src/steer/own-shares.js";
import { steeringGoals } from "../src/steer/steering-goals.js";
import type { Knob } from "../src/steer/steer.js";

/** The last neuron of an adaptive knob lowers the objective by this share of what all do (steer/decoder-knobs.ts). */
const LEAST_SHARE = 0.002;

const { values: { residual: own, "own-only": ownOnly, users: most }, positionals } = parseArgs({
  options: {
    residual: { type: "string" }, "own-only": { type: "boolean", default: false }, users: { type: "string" },
  },
  allowPositionals: true,
});
if (own !== undefined && !residuals.some((word) => word === own)) {
  throw new Error(`--residual: one of ${residuals.join(", ")}`);
}
for (const folder of positionals) await measure(folder, own as Residual | undefined);

function firstUsers({ users, input, target }: HeldOut): HeldOut {
  const rows = range(0, Math.min(most === undefined ? Infinity : Number(most), input.rows));
  return { users: users.slice(0, rows.length), input: csrSelectRows(input, rows), target: csrSelectRows(target, rows) };
}

async function measure(folder: string, own?: Residual): Promise<void> {
  const model = withResidual(await loadModel(folder), own);
  if (!model.data.source || !model.tags) throw new Error(`${folder}: needs tags and the folder of its data`);
  const opened = await openData(model.data.source);
  const split = {
    ...opened.split, validation: firstUsers(opened.split.validation), test: firstUsers(opened.split.test),
  };
  const { tags } = model;
  const engine = openEngine({ threads: 1 });
  const { cfae, sae } = openNested(engine, model);
  const goals = { validation: steeringGoals(split.validation, tags), test: steeringGoals(split.test, tags) };
  const codes = encodeItems(engine, model, cfae.items);
  const popularity = csrColumnCounts(split.train);
  const chooser = openDecoderKnobs(engine, model, codes, popularity);
  const adaptive = openDecoderKnobs(engine, model, codes, popularity, { leastShare: LEAST_SHARE });
  const on = (
    users: "validation" | "test", steering: Steering, strengths: readonly number[],
  ): ReturnType<typeof evaluateSteering> => evaluateSteering(engine, steering, split[users], goals[users], strengths);
  const recommender: Steering = { items: cfae.items, scores: (tape, x) => cfae.scores(tape, x) };
  const [plain] = on("validation", recommender, [0]);
  const [plainTest] = on("test", recommender, [0]);
  const typical = model.metrics.activation ?? typicalActivation(engine, cfae, sae, split.validation.input);
  const tested: string[] = [];
  console.log(`${model.data.name}, seed ${model.seed}: plain personal nDCG@20 ${plain.personal.ndcg.mean.toFixed(4)}`);
  const decoder = (n: number, from = chooser): ((tag: number) => Pick<Knob, "neurons" | "weights">) => {
    const cache = new Map<number, Pick<Knob, "neurons" | "weights">>();
    return (tag) => {
      const knob = cache.get(tag) ?? from.choose(csrRow(tags.counts, tag), n);
      cache.set(tag, knob);
      return knob;
    };
  };
  const top = tagNeurons(tags.counts, codes, "characterises", 10);
  const choosers = {
    "authors', 5": (tag: number): Pick<Knob, "neurons"> => ({ neurons: top[tag].slice(0, 5) }),
    "authors', 10": (tag: number): Pick<Knob, "neurons"> => ({ neurons: top[tag] }),
    "decoder, 10": decoder(10), "decoder, 40": decoder(40), "decoder, 80": decoder(80),
    "decoder, adaptive": decoder(80, adaptive),
  };
  const methods = Object.entries(choosers).flatMap(([name, choose]) =>
    [[name, choose, null] as const, [`${name}, root`, choose, typical] as const]);
  for (const residual of ownOnly ? [residualOf(model)] : residuals) {
    const cells: string[] = [];
    for (const [name, choose, reach] of methods) {
      const knobs = (tag: number, strength: number): Knob[] =>
        choose(tag).neurons.length > 0 ? [{ ...choose(tag), strength }] : [];
      const steering = new KnobSteering(cfae, sae, knobs, { residual, typical: reach });
      if (cells.length === 0) {
        const [{ personal }] = on("validation", steering, [0]);
        cells.push(`kept ${((100 * personal.ndcg.mean) / plain.personal.ndcg.mean).toFixed(1)} %`);
      }
      const best =
        chooseStrengthFinely((strengths) => on("validation", steering, strengths), plain.personal.ndcg.mean);
      if (best && residual === residualOf(model)) {
        const [{ segment, personal }] = on("test", steering, [best.strength]);
        const share = (100 * personal.ndcg.mean) / plainTest.personal.ndcg.mean;
        tested.push(`${name}: ${segment.ndcg.mean.toFixed(3)} ± ${segment.ndcg.se.toFixed(3)} at α ${best.strength}, ` +
          `${share.toFixed(1)} % kept`);
      }
      cells.push(`${name}: ${best ? `${best.segment.ndcg.mean.toFixed(3)} at α ${best.strength}` : "none"}`);
    }
    console.log(`  ${residual.padEnd(5)} ${cells.join("   ")}`);
  }
  console.log(`  test users, ${residualOf(model)}: ${tested.join("   ")}`);
  engine.close();
}
