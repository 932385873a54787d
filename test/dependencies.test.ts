/** What a user of unknot installs: these packages at these versions, no native code, nothing that runs on install. */
import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";

const read = (name: string): unknown => JSON.parse(readFileSync(new URL(`../../${name}`, import.meta.url), "utf8"));

interface Manifest {
  scripts: Record<string, string>;
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  peerDependenciesMeta?: Record<string, { optional?: boolean }>;
}

interface Locked {
  dev?: boolean;
  devOptional?: boolean;
  optional?: boolean;
  hasInstallScript?: boolean;
}

const manifest = read("package.json") as Manifest;
const locked = Object.entries((read("package-lock.json") as { packages: Record<string, Locked> }).packages)
  .filter(([path]) => path !== "");

test("the runtime dependencies are these, and no others", () => {
  assert.equal(manifest.dependencies, { commander: "14.0.3", ndarray: "1.1.1", piscina: "5.3.2" });
  assert.is(manifest.optionalDependencies, undefined);
});

test("what only some inputs need is asked for by name, and never installed without being asked", () => {
  const optional = { bullmq: "6.7.0", hyparquet: "1.31.5", ioredis: "6.0.0", pg: "8.23.1" };
  assert.equal(manifest.peerDependencies, optional);
  for (const [name, version] of Object.entries(optional)) {
    assert.equal(manifest.peerDependenciesMeta![name], { optional: true });
    assert.is(manifest.devDependencies[name], version, "the tests run against the version that is asked for");
  }
});

test("every version is exact", () => {
  for (const [name, version] of Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })) {
    assert.match(version, /^\d+\.\d+\.\d+$/, name);
  }
});

test("nothing runs on install", () => {
  for (const hook of ["preinstall", "install", "postinstall", "prepare", "prepublish"]) {
    assert.is(manifest.scripts[hook], undefined, hook);
  }
  // What is installed with unknot. Development may bring such scripts (esbuild checks its program), users never get
  // them.
  assert.equal(locked.filter(([, it]) => it.hasInstallScript && !it.dev).map(([path]) => path), []);
});

test("what comes with the runtime dependencies is known", () => {
  const needed = locked.filter(([, it]) => !it.dev && !it.devOptional && !it.optional)
    .map(([path]) => path.replace("node_modules/", ""));
  assert.equal(needed.sort(), [
    "commander", "iota-array", "is-buffer", "ndarray", "piscina",
  ]);
});

test.run();
