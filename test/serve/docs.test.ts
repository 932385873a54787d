/** docs/serve.md is true: its commands run, its answers are what comes, its tables say what the code says. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { MAX_LIST, MAX_PROFILE } from "../../src/serve/request-schemas.js";
import { routes } from "../../src/serve/routes.js";
import { DEFAULT_LIMITS } from "../../src/serve/service.js";
import { unknot } from "../cli/run-cli.js";
import { inTemporaryFolder } from "../pipeline/temporary-folder.js";
import { ask } from "./at-work.js";
import { startUnknot } from "./start-unknot.js";

const text = readFileSync(new URL("../../../docs/serve.md", import.meta.url), "utf8");

/** Blocks of code: language and content. */
const blocks = [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language, code]) => ({ language, code }));

test("the commands run and answer what is shown", () => inTemporaryFolder(async (folder) => {
  const [train, serve] = blocks[0].code.trim().split("\n").map((line) => line.split(" ").slice(1));
  const inFolder = (word: string): string => (word === "tiny-model" ? join(folder, word) : word);
  const { code, stderr } = await unknot([...train.map(inFolder), "--quiet"]);
  assert.is(code, 0, stderr);
  const service = await startUnknot([...serve.map(inFolder), "--port", "0", "--no-desk"]);
  try {
    let compared = 0;
    for (const [i, { language, code: command }] of blocks.entries()) {
      const asked = /^curl '?localhost:8080([^' ]+)'?(?: -H '[^']+' -d '([^']+)')?$/.exec(command.trim());
      if (language !== "sh" || !asked) continue;
      const [, path, body] = asked;
      const { json } = await ask(service.url + path, body === undefined ? undefined : JSON.parse(body));
      assert.equal(json, JSON.parse(blocks[i + 1].code), command);
      compared++;
    }
    assert.is(compared, 4);
  } finally {
    assert.is(await service.stop("SIGTERM"), 0);
  }
}));

test("the table of endpoints is the table of routes", () => {
  const told = [...text.matchAll(/^\| `(GET|POST) (\S+?)` \| (.+?) \|$/gm)].map(
    ([, method, path, summary]) => [method, path, summary],
  );
  assert.equal(told, routes.map(({ method, path, summary }) => [method, path, summary]));
});

test("the limits are the code's", () => {
  assert.match(text, new RegExp(`\\| ${DEFAULT_LIMITS.maxBody} bytes, then 413`));
  assert.match(text, new RegExp(`\\| ${DEFAULT_LIMITS.timeout} s, then 408`));
  assert.match(text, new RegExp(`\\| ${DEFAULT_LIMITS.maxConnections}, further`));
  assert.match(text, new RegExp(`items of a person \\| ${MAX_PROFILE} `));
  assert.match(text, new RegExp(`length of a list \\| ${MAX_LIST};`));
});

test.run();
