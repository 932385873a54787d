/** Templates of items' pages and pictures: which are taken, what becomes of them in page and policy. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { filled } from "../../src/desk/state/item-links.js";
import { deskPage } from "../../src/export/desk-page.js";
import { checkTemplate, imageOrigin, linksOf } from "../../src/export/item-links.js";
import { bundle } from "../browser/bundles.js";

test("templates are addresses on the web with a place for the item", () => {
  for (const good of ["https://movielens.org/movies/{id}", "http://localhost:9000/{id}.jpg?t={title}#{id}"]) {
    assert.is(checkTemplate(good, "--item-link"), good);
  }
  for (const bad of [
    "javascript:alert('{id}')", "data:text/html,{title}", "ftp://example.org/{id}", "//example.org/{id}", "{id}",
    "https://{id}.example.org/", "https://example.org/", "https://example.org/{year}",
    "https://me:pw@example.org/{id}", "",
  ]) {
    assert.throws(() => linksOf({ itemImage: bad }), /--item-image/, bad);
  }
});

test("the policy of a page allows the pictures' origin and no other", () => {
  const page = deskPage(bundle("index.html"), {
    links: { link: "https://a.example/{id}", image: 'https://img.example:8443/p/{id}?a="b"&c' },
  }).toString();
  assert.match(page, "img-src 'self' data: https://img.example:8443;");
  assert.not.match(page, "data: https://a.example");
  assert.match(page, '<meta name="unknot-item-image" content="https://img.example:8443/p/{id}?a=&#34;b&#34;&#38;c">');
  const plain = deskPage(bundle("index.html"), {}).toString();
  assert.is(plain, bundle("index.html").toString());
  assert.is(imageOrigin({}), null);
});

test("what fills a place is encoded, whatever the title holds", () => {
  const item = { id: "a/b?c", title: "{id} $& ü & \ud800" };
  assert.is(filled("https://example.org/{id}?q={title}", item),
    "https://example.org/a%2Fb%3Fc?q=%7Bid%7D%20%24%26%20%C3%BC%20%26%20%EF%BF%BD");
  assert.is(filled("javascript:{id}", item), null);
});

test.run();
