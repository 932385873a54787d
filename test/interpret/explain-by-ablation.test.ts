/**
 * Ablation on a linear decoder must give the exact parts of docs/method.md §6; on MultVAE, what is left is the base.
 */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Tape } from "../../src/autograd/index.js";
import { openEngine } from "../../src/engine/open.js";
import { explainByAblation } from "../../src/interpret/explain-by-ablation.js";
import { explainScore } from "../../src/interpret/explain.js";
import { csrFromLists } from "../../src/base/csr.js";
import { Random } from "../../src/base/random.js";
import { Elsa } from "../../src/models/recommenders/elsa.js";
import { MultVae } from "../../src/models/recommenders/multvae.js";
import type { Cfae } from "../../src/models/recommenders/recommender.js";
import { SparseAutoencoder } from "../../src/models/sae/sparse-autoencoder.js";
import { TopKSae } from "../../src/models/sae/topk-sae.js";
import { assertClose } from "../support/assert-close.js";

const [I, D, H, K, ITEM] = [30, 8, 24, 5, 11];
const engine = openEngine({ threads: 1, memoryBytes: 2 ** 24 });
const shape = { factors: D, neurons: H, k: K };
const saeWeights = SparseAutoencoder.initialise(new Random(1), shape);
saeWeights.decoderB.forEach((_, i) => { saeWeights.decoderB[i] = i / 10; });
const sae = new TopKSae(engine, saeWeights, shape);

function encoded(tape: Tape, cfae: Cfae): ReturnType<TopKSae["encode"]> {
  return sae.encode(tape, cfae.encode(tape, tape.sparseInput(csrFromLists([[1, 4, 20]], I))));
}

test("ELSA: the differences are the exact parts", () => {
  const vectors = Elsa.initialise(new Random(2), I, D);
  const elsa = new Elsa(engine, vectors, I, D);
  const tape = new Tape(engine, false);
  const { code, input } = encoded(tape, elsa);
  const { mean, std } = input;
  const user = { neurons: code.indices.slice(0, K), activations: code.values!.slice(0, K), mean: mean[0], std: std[0] };
  const exact = explainScore(
    user, 0, vectors.subarray(ITEM * D, (ITEM + 1) * D), saeWeights.decoderW, saeWeights.decoderB,
  );
  const found = explainByAblation(tape, elsa, sae, code, input, ITEM);
  const flat = ({ score, base, contributions }: typeof exact): number[] =>
    [
      score, base,
      ...contributions.flatMap(({ neuron, activation, contribution }) => [neuron, activation, contribution]),
    ];
  assertClose(flat(found), flat(exact), { absolute: 1e-5 });
});

test("MultVAE: the score is the logit, and a part is the logit's loss when the neuron is silent", () => {
  const model = new MultVae(engine, MultVae.initialise(new Random(3), { items: I, factors: D, hidden: 12 }));
  const tape = new Tape(engine, false);
  const { code, input } = encoded(tape, model);
  const logitOf = (): number => model.logits(tape, sae.decode(tape, code, input)).data[ITEM];
  const { score, base, contributions } = explainByAblation(tape, model, sae, code, input, ITEM);
  assertClose(score, logitOf());
  assert.is(contributions.length, K);
  assertClose(base + contributions.reduce((sum, { contribution }) => sum + contribution, 0), score);
  for (const { neuron, activation, contribution } of contributions) {
    const at = Array.from(code.indices.subarray(0, K)).indexOf(neuron);
    code.values![at] = 0;
    assertClose(score - contribution, logitOf());
    code.values![at] = activation;
  }
});

test.run();
