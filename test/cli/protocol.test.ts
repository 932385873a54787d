/** `unknot evaluate --protocol`: a protocol's figures are those of its lists, and only of its kind of split. */
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Estimate } from "../../src/evaluate/metrics.js";
import { inTemporaryFolder } from "../pipeline/temporary-folder.js";
import { unknot, type Finished } from "./run-cli.js";

interface Measured {
  protocol: Record<"popularity" | "cfae" | "nested", Record<string, Estimate>> & { name: string };
  lists: Record<"popularity" | "cfae" | "nested", { n: number; recall: Estimate; ndcg: Estimate }[]>;
  metrics: Record<"cfae" | "nested", { recall: Estimate }>;
}

const QUICK = ["elsa.factors=16", "elsa.epochs=3", "sae.expansion=2", "sae.k=4", "sae.epochs=2"]
  .flatMap((setting) => ["--set", setting]);

test("strong generalisation: recall at 20 and 50, nDCG at 100; not of users, not by time", () =>
  inTemporaryFolder(async (folder) => {
    const model = join(folder, "m");
    const evaluate = (...args: string[]): Promise<Finished> =>
      unknot(["evaluate", "--model", model, "--threads", "1", ...args]);
    const trained = await unknot(["train", "--world", "tiny", "--out", model, "--threads", "1", ...QUICK]);
    assert.is(trained.code, 0, trained.stderr);

    const { code, stdout, stderr } = await evaluate("--protocol", "strong", "--at", "20,50,100", "--json");
    assert.is(code, 0, stderr);
    const { protocol, lists, metrics } = JSON.parse(stdout) as Measured;
    assert.is(protocol.name, "strong");
    for (const who of ["popularity", "cfae", "nested"] as const) {
      const [at20, at50, at100] = lists[who];
      assert.equal([at20.n, at50.n, at100.n], [20, 50, 100]);
      assert.equal(protocol[who], { "recall@20": at20.recall, "recall@50": at50.recall, "nDCG@100": at100.ndcg });
    }
    assert.equal(protocol.cfae["recall@20"], metrics.cfae.recall);
    assert.ok(protocol.cfae["recall@50"].mean > protocol.cfae["recall@20"].mean);

    assert.match((await evaluate("--protocol", "strong")).stdout, /protocol "strong" +recall@20 +recall@50 +nDCG@100\n/);
    const time = await evaluate("--protocol", "time");
    assert.is(time.code, 1);
    assert.match(time.stderr, /holds out what came after a moment, .* split by users: train one with --split-by time/);
  }));

test.run();
