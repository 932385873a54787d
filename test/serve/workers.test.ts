/** Several processes that answer for one service: the same bytes, one reload, one sum of metrics, one end. */
import { Agent, request as httpRequest } from "node:http";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { saveModel } from "../../src/model-folder/folder.js";
import { openSession } from "../../src/session/open-session.js";
import { sumOfMetrics } from "../../src/serve/metrics.js";
import { inTemporaryFolder } from "../pipeline/temporary-folder.js";
import { tinyModel } from "../pipeline/tiny-model.js";
import { model } from "./at-work.js";
import { startUnknot } from "./start-unknot.js";

/** Over a connection of its own each: they are handed round. */
function ask(url: string, path: string, body?: unknown): Promise<{ status: number; by: string; text: string }> {
  const agent = new Agent({ keepAlive: false });
  return new Promise((resolve, reject) => {
    const method = body === undefined ? "GET" : "POST";
    const headers = { "content-type": "application/json" };
    const request = httpRequest(url + path, { agent, method, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => { text += chunk; }).on("error", reject);
      const by = String(response.headers["x-unknot-model"]);
      response.on("end", () => resolve({ status: response.statusCode!, by, text }));
    });
    request.on("error", reject).end(body === undefined ? undefined : JSON.stringify(body));
  });
}

const SERVE = ["--workers", "2", "--port", "0", "--no-desk", "--numerics", "portable"];

test("two processes answer as a session does, reload together and end together", () => inTemporaryFolder(
  async (folder) => {
    const place = join(folder, "model");
    await saveModel(place, model);
    const service = await startUnknot(["serve", place, ...SERVE]);
    try {
      assert.match(service.output(), "by 2 processes");
      const session = openSession(model, { threads: 1, numerics: "portable" });
      const { ids } = model.items;
      const profiles = Array.from({ length: 24 }, (_, i) => ids.slice(i, i + 5));
      const lists = await Promise.all(profiles.map((items) => ask(service.url, "/recommend", { items, n: 6 })));
      profiles.forEach((items, i) => {
        assert.is(lists[i].text, JSON.stringify(session.recommend(items, 6)));
      });
      session.close();
      const { text } = await ask(service.url, "/metrics");
      assert.match(text, 'unknot_http_requests_total{route="/recommend",method="POST",status="200"} 24\n');

      await saveModel(place, await tinyModel({ seed: 6 }));
      const reloaded = await ask(service.url, "/admin/reload", {});
      assert.is(reloaded.status, 200, reloaded.text);
      const { model: after } = JSON.parse(reloaded.text) as { model: string };
      assert.is.not(after, lists[0].by);
      const then = await Promise.all(profiles.map((items) => ask(service.url, "/recommend", { items })));
      assert.equal([...new Set(then.map(({ by }) => by))], [after], "every process has the new model");
    } finally {
      assert.is(await service.stop("SIGTERM"), 0, service.output());
    }
  }));

test("a model that cannot be read is said once, and nothing is left running", async () => {
  try {
    await startUnknot(["serve", "no-such-model", ...SERVE]);
    assert.unreachable("it must not serve");
  } catch (error) {
    const { message } = error as Error;
    assert.match(message, "ended with code 1");
    assert.is(message.split("error:").length, 2, message);
  }
});

test("metrics of several processes add up, but for those that describe", () => {
  const text = (count: number, delay: number): string => [
    "# HELP a_total A.", "# TYPE a_total counter", `a_total{route="/x y"} ${count}`, `a_total{route="/${count}"} 1`,
    "# HELP unknot_model_info M.", "# TYPE unknot_model_info gauge", 'unknot_model_info{f="1"} 1',
    "# HELP unknot_event_loop_delay_seconds D.", `unknot_event_loop_delay_seconds{quantile="0.5"} ${delay}`, "",
  ].join("\n");
  assert.is(sumOfMetrics([text(2, 0.25), text(5, 0.125)]), [
    "# HELP a_total A.", "# TYPE a_total counter", 'a_total{route="/x y"} 7', 'a_total{route="/2"} 1',
    'a_total{route="/5"} 1', "# HELP unknot_model_info M.", "# TYPE unknot_model_info gauge",
    'unknot_model_info{f="1"} 1', "# HELP unknot_event_loop_delay_seconds D.",
    'unknot_event_loop_delay_seconds{quantile="0.5"} 0.25', "",
  ].join("\n"));
});

test.run();
