/** What a terminal may be shown. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { printable, printableLine, quotable } from "../../src/base/printable.js";

test("no control character passes but line feed and tab; other texts stay as they are", () => {
  for (let code = 0; code < 0x100; code++) {
    const one = String.fromCharCode(code);
    const control = (code < 0x20 && one !== "\n" && one !== "\t") || (code >= 0x7f && code < 0xa0);
    if (control) assert.not.match(printable(one), /[\p{Cc}\p{Cf}]/u);
    else assert.is(printable(one), one);
  }
  assert.is(printable("\u001b]0;owned\u0007Alien\u202e"), "\\x1b]0;owned\\x07Alien\\u202e");
  assert.is(printable("Amélie 🎬 日本\nline"), "Amélie 🎬 日本\nline");
});

test("one line, and no more than so many characters", () => {
  assert.is(printableLine("two\r\nlines\tand a tab\u001b[2J"), "two lines and a tab\\x1b[2J");
  assert.is(quotable("a".repeat(50)).length, 41);
});

test.run();
