import { test } from "uvu";
import * as assert from "uvu/assert";
import * as fc from "fast-check";
import { escapeHtml, Html, html, table } from "../../src/report/html.js";

test("what is put into a template is escaped, HTML is not, and nothing leaves nothing", () => {
  assert.is(html`<b title="${"\"x\" & 'y'"}">${"<script>"}</b>`.text,
    "<b title=\"&quot;x&quot; &amp; &#39;y&#39;\">&lt;script&gt;</b>");
  assert.is(html`<p>${html`<i>${1}</i>`}${[html`a`, "<", 0]}${null}${undefined}${false}</p>`.text,
    "<p><i>1</i>a&lt;0</p>");
  assert.is(html`${new Html("<hr>")}`.text, "<hr>");
});

test("escaped text holds no markup, and reads back as it was", () => {
  fc.assert(fc.property(fc.string(), (text) => {
    const escaped = escapeHtml(text);
    assert.not.match(escaped, /[<>"']/);
    const back = escaped.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&quot;/g, "\"").replace(/&#39;/g, "'")
      .replace(/&amp;/g, "&");
    // eslint-disable-next-line no-control-regex
    assert.is(back, text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, ""));
  }));
});

test("a table has a cell for each column, empty where a row is short", () => {
  const { text } = table([{ head: "a<b" }, { head: "n", number: true }], [["x", 1], ["y"]], "about");
  assert.match(text, /<caption><div>about<\/div><\/caption>/);
  assert.match(text, /<th scope="col">a&lt;b<\/th><th class="number" scope="col">n<\/th>/);
  assert.match(text, /<td>x<\/td><td class="number">1<\/td>/);
  assert.match(text, /<td>y<\/td><td class="number"><\/td>/);
});

test.run();
