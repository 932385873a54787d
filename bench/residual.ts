/**
 * What a session should do with the part of an embedding that the SAE does not rebuild (steer/turned-embedding.ts):
 * drop it, keep it, let it fade, or blend. Not a timing bench: it prints accuracy with nothing turned and steering
 * beside it, on the validation users, since the default is chosen by it.
 *
 *   node dist/bench/residual.js [--residual WORD] [--own-only] MODEL…
 *
 * MODEL: folders of `unknot train`, their data where they remember it; WORD in place of the model's own residual.
 * Steering is the segment nDCG@20 at the strength (0, .05 … .70) that shows most of the segment among those that keep
 * 98 % of the plain recommender's personal nDCG@20. What the model's own residual reaches with these strengths on the
 * test users stands below.
 */
import { parseArgs } from "node:util";
import { csrColumnCounts, csrRow } from "../src/base/csr.js";
import { openData } from "../src/data/data-source.js";
import { openEngine } from "../src/engine/open.js";
import { residualOf, residuals, type Residual } from "../src/config/sae.js";
import { encodeItems } from "../src/model-folder/encode-items.js";
import { loadModel } from "../src/model-folder/folder.js";
import { withResidual } from "../src/model-folder/model.js";
import { openDecoderKnobs } from "../src/model-folder/open-model.js";
import { openNested } from "../src/model-folder/open-model.js";
import { chooseStrength } from "../src/steer/choose-strength.js";
import { evaluateSteering, KnobSteering, tagNeurons, type Steering } from "../src/steer/evaluate-steering.js";
import { steeringGoals } from "../src/steer/steering-goals.js";
import type { Knob } from "../src/steer/steer.js";

/** The last neuron of an adaptive knob lowers the objective by this share of what all do (steer/decoder-knobs.ts). */
const LEAST_SHARE = 0.002;
const STRENGTHS = Array.from({ length: 15 }, (_, i) => i / 20);

const { values: { residual: own, "own-only": ownOnly }, positionals } = parseArgs({
  options: { residual: { type: "string" }, "own-only": { type: "boolean", default: false } }, allowPositionals: true,
});
if (own !== undefined && !residuals.some((word) => word === own)) {
  throw new Error(`--residual: one of ${residuals.join(", ")}`);
}
for (const folder of positionals) await measure(folder, own as Residual | undefined);

async function measure(folder: string, own?: Residual): Promise<void> {
  const model = withResidual(await loadModel(folder), own);
  if (!model.data.source || !model.tags) throw new Error(`${folder}: needs tags and the folder of its data`);
  const { split } = await openData(model.data.source);
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
  for (const residual of ownOnly ? [residualOf(model)] : residuals) {
    const cells: string[] = [];
    for (const [name, choose] of Object.entries(choosers)) {
      const knobs = (tag: number, strength: number): Knob[] =>
        choose(tag).neurons.length > 0 ? [{ ...choose(tag), strength }] : [];
      const steering = new KnobSteering(cfae, sae, knobs, { residual });
      const curve = on("validation", steering, STRENGTHS);
      const kept = (100 * curve[0].personal.ndcg.mean) / plain.personal.ndcg.mean;
      if (cells.length === 0) cells.push(`kept ${kept.toFixed(1)} %`);
      const best = chooseStrength(curve, plain.personal.ndcg.mean);
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
