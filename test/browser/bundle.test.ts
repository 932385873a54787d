/** What is shipped to browsers: small, without Node, without code made from text. Sizes are no timings: they count. */
import { gzipSync } from "node:zlib";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { bundle, hasBundle } from "./bundles.js";

const programs = ["unknot-browser.js", "worker.js", ...(hasBundle("desk.js") ? ["desk.js"] : [])];

test("nothing of Node and no generated code", () => {
  for (const name of programs) {
    const text = bundle(name).toString("utf8");
    assert.not.match(text, /["'`]node:|\brequire\(|\bprocess\.|(^|[;}])import[\s{*"']/, name);
    assert.not.match(text, /\bnew Function\b|\beval\(|\bFunction\(/, name);
  }
});

test("engine and desk are under 150 KB together, compressed", () => {
  const parts = ["worker.js", "desk.js", "desk.css", "index.html"].filter(hasBundle);
  const sizes = parts.map((name) => [name, gzipSync(bundle(name), { level: 9 }).length] as const);
  console.log(sizes.map(([name, bytes]) => `${name} ${(bytes / 1000).toFixed(1)} KB`).join(", "));
  assert.ok(sizes.reduce((sum, [, bytes]) => sum + bytes, 0) < 150_000);
});

// Six recommenders, six kinds of SAE, concepts and calibrated knobs; neighbours, groups and balance, which came to 4 KB
// together; two ways to several rows (screening in 16 bits, a few vectors at once), another 3; concepts found in a
// catalogue of any size, the items behind them, and wishes as people say them, 1.5; no baseline.
test("the library alone is under 97 KB", () => {
  assert.ok(gzipSync(bundle("unknot-browser.js"), { level: 9 }).length < 97_000);
});

test.run();
