/**
 * Who may ask: by which name, from which page, with which token. A browser cannot be made to ask in another's place.
 */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Access } from "../../src/serve/access.js";
import { model, withService } from "./at-work.js";
import { sendRaw } from "./malformed.js";

const items = model.items.ids.slice(0, 3);
const TOKEN = "correct-horse-battery";

const head = (host: string, more = "", path = "/about"): string =>
  `GET ${path} HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n${more}\r\n`;

test("names that a stranger may point at this machine are refused, addresses and localhost are not", () =>
  withService(async ({ url }) => {
    for (const host of [
      "localhost", "LOCALHOST:8080", "desk.localhost", "127.0.0.1:1", "127.8.9.1", "[::1]:8080", "192.168.1.4",
    ]) {
      assert.is((await sendRaw(url, head(host))).status, 200, host);
    }
    for (const host of [
      "evil.example", "evil.example:8080", "127.0.0.1.evil.example", "localhost.evil.example", "1.2.3", "x", "[evil]",
    ]) {
      const { status, body } = await sendRaw(url, head(host));
      assert.is(status, 421, host);
      assert.match(body, /--allow-host/);
    }
  }));

test("--allow-host names are answered, whatever their case and port", () => withService(async ({ url }) => {
  for (const host of ["api.shop.example", "API.shop.example:443", "api.shop.example."]) {
    assert.is((await sendRaw(url, head(host))).status, 200, host);
  }
  assert.is((await sendRaw(url, head("shop.example"))).status, 421);
}, { access: { hosts: ["Api.Shop.example"] } }));

test("pages from elsewhere are refused before anything is worked out, the service's own are not", () =>
  withService(async ({ url, ask, service }) => {
    const { host } = new URL(url);
    assert.is((await ask("/recommend", { items }, { headers: { origin: url } })).status, 200, "its own page");
    assert.is((await sendRaw(url, head(host, `origin: https://${host}\r\n`))).status, 200, "behind a proxy with TLS");
    for (const origin of ["https://evil.example", "null", `https://${host}.evil.example`, "file://"]) {
      const answer = await sendRaw(url, head(host, `origin: ${origin}\r\n`));
      assert.is(answer.status, 403, origin);
      assert.not.match(answer.head, /access-control/i);
    }
    const asked = await sendRaw(url, `OPTIONS /recommend HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n`
      + "origin: https://evil.example\r\naccess-control-request-method: POST\r\n\r\n");
    assert.is(asked.status, 403);
    assert.is(service.model.session.summary().items, model.items.ids.length);
  }));

test("pages of an allowed origin may ask, and get the answer", () => withService(async ({ url }) => {
  const { host } = new URL(url);
  const origin = "https://shop.example";
  const asked = await sendRaw(url, `OPTIONS /recommend HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n`
    + `origin: ${origin}\r\n`
    + "access-control-request-method: POST\r\naccess-control-request-headers: content-type\r\n\r\n");
  assert.is(asked.status, 204);
  assert.match(asked.head, /access-control-allow-origin: https:\/\/shop\.example/);
  assert.match(asked.head, /access-control-allow-methods: POST, OPTIONS/);
  assert.match(asked.head, /access-control-allow-headers: content-type, authorization/);
  assert.match(asked.head, /vary: origin/);
  const answered = await sendRaw(url, head(host, `origin: ${origin}\r\n`));
  assert.is(answered.status, 200);
  assert.match(answered.head, /access-control-allow-origin: https:\/\/shop\.example/);
  assert.is((await sendRaw(url, head(host, "origin: https://other.example\r\n"))).status, 403);
  assert.not.match((await sendRaw(url, head(host))).head, /access-control-allow-origin/, "no page, no permission");
}, { access: { origins: ["https://shop.example"] } }));

test("with a token everything but /health needs it", () => withService(async ({ url, ask }) => {
  assert.is((await ask("/health")).status, 200);
  for (const authorization of [undefined, "", "Bearer", "Bearer wrong", `Basic ${TOKEN}`, `Bearer ${TOKEN}x`, TOKEN]) {
    const { status, headers } = await ask(
      "/recommend", { items }, authorization === undefined ? {} : { headers: { authorization } },
    );
    assert.is(status, 401, String(authorization));
    assert.match(headers.get("www-authenticate") ?? "", /^Bearer/);
  }
  assert.is((await ask("/recommend", { items }, { headers: { authorization: `bearer ${TOKEN}` } })).status, 200);
  for (const path of ["/", "/metrics", "/openapi.json", "/nothing"]) assert.is((await ask(path)).status, 401, path);
  const { host } = new URL(url);
  const asked = await sendRaw(url, `OPTIONS /recommend HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n`
    + "origin: https://shop.example\r\naccess-control-request-method: POST\r\n\r\n");
  assert.is(asked.status, 204, "a browser asks without the token whether it may ask with it");
}, { access: { token: TOKEN, origins: ["https://shop.example"] } }));

test("a body on GET is refused: what follows the head could be taken for another request", () =>
  withService(async ({ url }) => {
    const hidden = "GET /admin HTTP/1.1\r\nhost: localhost\r\n\r\n";
    const chunk = `${hidden.length.toString(16)}\r\n${hidden}\r\n0\r\n\r\n`;
    for (const [more, body] of [
      [`content-length: ${hidden.length}\r\n`, hidden], ["transfer-encoding: chunked\r\n", chunk],
    ]) {
      const answer = await sendRaw(url, `${head("localhost", more)}${body}`);
      assert.is(answer.status, 400, more);
    }
    assert.is((await sendRaw(url, head("localhost", "content-length: 0\r\n"))).status, 200);
  }));

test("every answer says what it is, loads nothing and stands in no frame", () => withService(async ({ ask }) => {
  for (const [path, body] of [
    ["/about"], ["/recommend", { items }], ["/nothing"], ["/recommend", { items: [] }],
  ] as const) {
    const { headers } = await ask(path, body);
    assert.is(headers.get("x-content-type-options"), "nosniff", path);
    assert.is(headers.get("referrer-policy"), "no-referrer", path);
    assert.match(headers.get("content-security-policy") ?? "", /frame-ancestors 'none'/, path);
  }
}));

test("settings that would not do what they seem to are refused", () => {
  for (const token of ["", "short"]) assert.throws(() => new Access({ token }), /expected at least 16/);
  for (const [origin, meant] of [
    ["shop.example", /scheme:\/\/host/], ["https://shop.example/app", /did you mean https:\/\/shop\.example\?/],
    ["ftp://shop.example", /expected scheme/], ["https://shop.example:443", /did you mean/]] as const) {
    assert.throws(() => new Access({ origins: [origin] }), meant);
  }
});

test.run();
