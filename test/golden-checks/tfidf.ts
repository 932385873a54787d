/** Tag–neuron activity, both TF-IDF orientations, what is read off them, and selectivity (docs/method.md §4). */
import { neuronSelectivity, tagSelectivity } from "../../src/interpret/selectivity.js";
import {
  aliveNeurons, bestCharacterises, mostUnique, tagActivity, topNeurons, topTagOfNeuron,
} from "../../src/interpret/tfidf.js";
import type { Checker } from "./checker.js";
import { weightedCsr } from "./inputs.js";

export function checkTfidf(check: Checker): void {
  const { golden } = check;
  const counts = weightedCsr(golden, "inputs.tag_item_counts");
  const codes = weightedCsr(golden, "inputs.sparse_item_embeddings");
  const [tags, neurons] = [counts.rows, codes.cols];
  const activity = tagActivity(counts, codes);
  const alive = aliveNeurons(codes);
  const characterises = bestCharacterises(activity, tags, neurons);
  const unique = mostUnique(activity, tags, neurons);
  check.compare("activity", activity, "expected.tag_neuron_activity");
  check.compare("alive neurons", alive, "expected.neuron_alive");
  check.compare("most unique", unique, "expected.tfidf_tag_term_neuron_doc");
  const byNeuron = Float64Array.from(characterises, (_, i) =>
    characterises[(i % tags) * neurons + Math.floor(i / tags)]);
  check.compare("best characterises", byNeuron, "expected.tfidf_neuron_term_tag_doc");
  const n = golden.shaped("expected.best_characterizes_top3").shape[1];
  for (const [what, scores, path] of [
    ["best characterises", characterises, "best_characterizes_top3"], ["most unique", unique, "most_unique_top3"],
  ] as const) {
    const living = scores.map((score, i) => (alive[i % neurons] ? score : -Infinity));
    check.lists(`top neurons, ${what}`, topNeurons(scores, alive, tags, n), `expected.${path}`, living, neurons);
  }
  // The reference labels a neuron that no tag reaches by an argmax over zeros: unknot leaves those unlabelled.
  const reached = Array.from({ length: neurons }, (_, h) => alive[h] === 1 &&
    Array.from({ length: tags }, (_, t) => activity[t * neurons + h]).some((value) => value > 0));
  for (const [scores, path] of [
    [characterises, "top_tag_per_neuron"], [unique, "characteristic_tag_per_neuron"],
  ] as const) {
    const labels = topTagOfNeuron(scores, alive, tags);
    const expected = golden.array64(`expected.${path}`);
    check.same(path, labels, expected.map((label, h) => (reached[h] ? label : -1)));
  }
  for (const [name, s] of [
    ["neuron_tag", neuronSelectivity(characterises, tags, neurons)],
    ["tag_neuron", tagSelectivity(unique, tags, neurons)],
  ] as const) {
    check.compare(`${name} ids`, s.ids, `expected.${name}.ids`);
    check.compare(`${name} entropy`, s.entropy, `expected.${name}.entropy`);
    check.compare(`${name} KL`, s.divergence, `expected.${name}.kl_div`);
    check.compare(`${name} relative decrease`, s.decrease, `expected.${name}.norm_entropy_diff`);
  }
}
