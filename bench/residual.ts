/**
 * What a session should do with the part of an embedding that the SAE does not rebuild (steer/turned-embedding.ts):
 * drop it, keep it, or let it fade. Not a timing bench: it prints accuracy with nothing turned and steering beside it,
 * on the validation users, since the default is chosen by it.
 *
 *   node dist/bench/residual.js MODEL…          folders of `unknot train`, their data where they remember it
 *
 * Steering is the segment nDCG@20 at the strength (0, .05 … .70) that shows most of the segment among those that keep
 * 98 % of the plain recommender's personal nDCG@20.
 */
import { csrColumnCounts, csrRow } from "../src/base/csr.js";
import { openData } from "../src/data/data-source.js";
import { openEngine } from "../src/engine/open.js";
import { residuals } from "../src/config/sae.js";
import { encodeItems } from "../src/model-folder/encode-items.js";
import { loadModel } from "../src/model-folder/folder.js";
import { openDecoderKnobs } from "../src/model-folder/open-model.js";
import { openNested } from "../src/model-folder/open-model.js";
import { chooseStrength } from "../src/steer/choose-strength.js";
import { evaluateSteering, KnobSteering, tagNeurons, type Steering } from "../src/steer/evaluate-steering.js";
import { steeringGoals } from "../src/steer/steering-goals.js";
import type { Knob } from "../src/steer/steer.js";

const STRENGTHS = Array.from({ length: 15 }, (_, i) => i / 20);

for (const folder of process.argv.slice(2)) await measure(folder);

async function measure(folder: string): Promise<void> {
  const model = await loadModel(folder);
  if (!model.data.source || !model.tags) throw new Error(`${folder}: needs tags and the folder of its data`);
  const { split } = await openData(model.data.source);
  const { tags } = model;
  const engine = openEngine({ threads: 1 });
  const { cfae, sae } = openNested(engine, model);
  const goals = steeringGoals(split.validation, tags);
  const codes = encodeItems(engine, model, cfae.items);
  const chooser = openDecoderKnobs(engine, model, codes, csrColumnCounts(split.train));
  const on = (steering: Steering, strengths: readonly number[]): ReturnType<typeof evaluateSteering> =>
    evaluateSteering(engine, steering, split.validation, goals, strengths);
  const [plain] = on({ items: cfae.items, scores: (tape, x) => cfae.scores(tape, x) }, [0]);
  console.log(`${model.data.name}, seed ${model.seed}: plain personal nDCG@20 ${plain.personal.ndcg.mean.toFixed(4)}`);
  const decoder = (n: number): ((tag: number) => Pick<Knob, "neurons" | "weights">) => {
    const cache = new Map<number, Pick<Knob, "neurons" | "weights">>();
    return (tag) => {
      const knob = cache.get(tag) ?? chooser.choose(csrRow(tags.counts, tag), n);
      cache.set(tag, knob);
      return knob;
    };
  };
  const top = tagNeurons(tags.counts, codes, "characterises", 10);
  const choosers = {
    "authors', 5": (tag: number): Pick<Knob, "neurons"> => ({ neurons: top[tag].slice(0, 5) }),
    "authors', 10": (tag: number): Pick<Knob, "neurons"> => ({ neurons: top[tag] }),
    "decoder, 10": decoder(10), "decoder, 40": decoder(40),
  };
  for (const residual of residuals) {
    const cells: string[] = [];
    for (const [name, choose] of Object.entries(choosers)) {
      const knobs = (tag: number, strength: number): Knob[] =>
        choose(tag).neurons.length > 0 ? [{ ...choose(tag), strength }] : [];
      const curve = on(new KnobSteering(cfae, sae, knobs, { residual }), STRENGTHS);
      const kept = (100 * curve[0].personal.ndcg.mean) / plain.personal.ndcg.mean;
      if (cells.length === 0) cells.push(`kept ${kept.toFixed(1)} %`);
      const best = chooseStrength(curve, plain.personal.ndcg.mean);
      cells.push(`${name}: ${best ? `${best.segment.ndcg.mean.toFixed(3)} at α ${best.strength}` : "none"}`);
    }
    console.log(`  ${residual.padEnd(5)} ${cells.join("   ")}`);
  }
  engine.close();
}
