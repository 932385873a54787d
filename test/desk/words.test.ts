/** The desk's languages: every one has all texts, none is left over, and numbers are written as its readers do. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { en } from "../../src/desk/words/en.js";
import { fixed, percent, signed, whole } from "../../src/desk/words/numbers.js";
import { chooseLanguage, languages, speak, words } from "../../src/desk/words/words.js";

/** "page.title" and what it is: a text, a list of so many, or a function of so many. */
function formOf(entry: unknown, path = ""): [path: string, form: string][] {
  if (typeof entry === "function") return [[path, `function of ${entry.length}`]];
  if (Array.isArray(entry)) return [[path, `list of ${entry.length}`]];
  if (typeof entry === "string") return [[path, "text"]];
  return Object.entries(entry as object).flatMap(([key, value]) => formOf(value, path === "" ? key : `${path}.${key}`));
}

/** Every text, with `‹n›` for what functions are given. */
function textsOf(entry: unknown): string[] {
  if (typeof entry === "string") return [entry];
  if (Array.isArray(entry)) return entry.flatMap(textsOf);
  if (typeof entry === "object") return Object.values(entry as object).flatMap(textsOf);
  const call = entry as (...args: unknown[]) => unknown;
  if (call === en.listed || call === languages.de.listed) return [en.listed(["‹1›", "‹2›"])];
  return textsOf(call(...Array.from({ length: call.length }, (_, i) => `‹${i + 1}›`)));
}

test.after.each(() => speak("en"));

for (const [language, own] of Object.entries(languages)) {
  test(`${language} has the form of English, says something everywhere and leaves nothing out`, () => {
    assert.equal(formOf(own), formOf(en));
    for (const text of textsOf(own)) assert.ok(text.trim().length > 0 && !text.includes("undefined"), text);
    const given = (text: string): string => [...new Set(text.match(/‹\d›/gu))].sort().join("");
    const [pattern, texts] = [textsOf(en).map(given), textsOf(own).map(given)];
    if (pattern.length === texts.length) assert.equal(texts, pattern);
    else assert.unreachable(`${texts.length} texts, ${pattern.length} in English`);
  });
}

test("German is not English", () => {
  const [english, german] = [new Set(textsOf(en)), textsOf(languages.de)];
  const same = german.filter((text) => english.has(text) && /\p{L}{3}/u.test(text));
  // Words that both languages have.
  assert.equal([...new Set(same)].sort(), ["Atlas", "Enter", "Esc", "Name", "Neuron ‹1›", "‹1› and ‹2›"]);
});

test("numbers by locale", () => {
  const numbers = (): string[] => [fixed(-0.327), signed(1.5, 1), percent(0.988, 1), whole(12_345)];
  assert.equal(numbers(), ["−0.327", "+1.5", "98.8 %", "12,345"]);
  speak("de");
  assert.equal(numbers(), ["−0,327", "+1,5", "98,8 %", "12.345"]);
  assert.is(fixed(NaN), "–");
  assert.is(words.ordinal(23), "23.");
});

test("shares, ordinals and lists in English", () => {
  assert.equal([1, 0.44, 0.02].map(en.share), ["all", "about half", "next to nothing"]);
  assert.equal([1, 2, 3, 4, 11, 22, 113].map(en.ordinal), ["1st", "2nd", "3rd", "4th", "11th", "22nd", "113th"]);
  assert.equal([en.listed([]), en.listed(["a"]), en.listed(["a", "b", "c"])], ["", "a", "a, b and c"]);
});

test("the language: the address's wish first, then what the browser asks for, by its base; English otherwise", () => {
  assert.is(chooseLanguage(["de", "en", "fr"]), "de");
  assert.is(chooseLanguage([null, null, "de-AT", "en"]), "de");
  assert.is(chooseLanguage(["xx", null, "fr", "en-GB"]), "en");
  assert.is(chooseLanguage(["constructor"]), "en");
  speak("toString");
  assert.is(words, en);
});

test.run();
