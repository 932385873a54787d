/** An explanation's score is the list's, of the profile's own items too: only ELSA and sparse ELSA subtract them. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { resolveConfig } from "../../src/models/resolve-config.js";
import { openSession } from "../../src/session/open-session.js";
import { tinyConfig, tinyModel } from "../pipeline/tiny-model.js";

const configs = {
  elsa: {},
  edlae: { edlae: { factors: 16, iterations: 3 } },
  "elsa-sparse": {
    sae: { ...tinyConfig.sae, kind: "poles", expansion: 2, k: 4 },
    ...{ elsaSparse: { factors: 32, nonZeros: 4, levelEpochs: 4, batchSize: 64 } },
  },
};
const likes = ["i1", "i2", "i3"];

for (const [name, change] of Object.entries(configs)) {
  test(`${name}: the profile's own items and others have the score that lists show`, async () => {
    const model = await tinyModel({ config: resolveConfig({ ...tinyConfig, model: name, ...change }) });
    const session = openSession(model, { threads: 1 });
    const shown = new Map(session.recommend({ items: likes, weights: [1, 2, 1] }, { n: 200, seen: "keep" }).items
      .map(({ id, score }) => [id, score]));
    for (const id of [...likes, "i7", "i9"]) {
      const { score, own } = session.explain({ items: likes, weights: [1, 2, 1] }, id);
      const clipped = name === "edlae" ? score : Math.max(0, score);
      assert.ok(Math.abs(clipped - shown.get(id)!) < 1e-4, `${id}: ${score} explained, ${shown.get(id)} shown`);
      assert.is(own, name === "edlae" || !likes.includes(id) ? 0 : id === "i2" ? 2 : 1);
    }
  });
}

test.run();
