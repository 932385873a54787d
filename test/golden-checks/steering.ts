/** Steered codes and the lists that follow from them, and that an empty code stays empty. */
import { presets } from "../../src/config/presets.js";
import { Tape } from "../../src/autograd/index.js";
import type { Engine } from "../../src/engine/engine.js";
import { csrFromLists, csrRow } from "../../src/base/csr.js";
import { Elsa } from "../../src/models/recommenders/elsa.js";
import { steerRows } from "../../src/steer/steer.js";
import { openSae } from "../../src/models/sae/registry.js";
import type { Checker } from "./checker.js";
import { denseToCsr } from "./inputs.js";
import { rank } from "./metrics.js";
import { densify, openGoldenSae, saeWeights } from "./sae.js";

export function checkSteering(check: Checker, engine: Engine): void {
  const { golden } = check;
  const { shape: [items, factors], data: encoder } = golden.shaped("inputs.elsa_encoder");
  const elsa = new Elsa(engine, encoder, items, factors);
  const sae = openGoldenSae(check, engine, false);
  const interactions = denseToCsr(golden, "inputs.interactions");
  const tape = new Tape(engine, false);
  const x = tape.sparseInput(interactions);
  const u = elsa.encode(tape, x);
  const { code, input } = sae.encode(tape, u);
  check.compare("embedding", u.data, "expected.user_embedding");
  check.compare("row means", input.mean, "expected.x_mean");
  check.compare("row stds", input.std, "expected.x_std");
  check.compareRows("code", densify(code), "expected.e");
  check.compare("scores without SAE", elsa.scores(tape, x).data, "expected.elsa_scores_without_sae");
  check.compareRows("scores with SAE", elsa.decode(tape, sae.decode(tape, code, input), x).data,
    "expected.unsteered_scores_with_sae_unmasked");

  (golden.value("expected.cases") as { alpha: number; neurons: number[][] }[]).forEach(({ alpha, neurons }, c) => {
    const at = `expected.cases.${c}`;
    const steered = steerRows(tape, code, (r) => [{ neurons: neurons[r], strength: alpha }]);
    check.compareRows(`steered code, α ${alpha}`, densify(steered), `${at}.steered_code`);
    const scores = elsa.decode(tape, sae.decode(tape, steered, input), x).data;
    // The reference masks with 0; unknot masks with −∞ when it ranks.
    for (let r = 0; r < interactions.rows; r++) for (const i of csrRow(interactions, r)) scores[r * items + i] = 0;
    check.compareRows(`scores, α ${alpha}`, scores, `${at}.scores_masked`);
    const n = golden.shaped(`${at}.top5_items`).shape[1];
    const theirs = golden.array64(`${at}.scores_masked`);
    check.lists(`top ${n}, α ${alpha}`, rank(engine, scores, items, n), `${at}.top5_items`, theirs, items);
  });

  const nobody = tape.sparseInput(csrFromLists([[]], items));
  const zero = openSae(engine, presets.paper.sae, {
    ...saeWeights(golden), encoderB: new Float32Array(sae.neurons), decoderB: new Float32Array(factors),
  }, { factors, neurons: sae.neurons, k: sae.maxActive });
  const empty = zero.encode(tape, elsa.encode(tape, nobody));
  const alpha = golden.number("edge_zero_code.alpha");
  const still = steerRows(tape, empty.code, () => [{ neurons: [0], strength: alpha }]);
  check.compare("empty code stays empty", densify(still), "edge_zero_code.steered_code");
}
