/**
 * Which language the desk speaks: `words` is read wherever something is shown. It is chosen once, before the desk is
 * built (main.ts): by `?lang=` in the address, else by the person's choice on an earlier visit, else by the browser.
 */
import { de } from "./de.js";
import { en, type Words } from "./en.js";

export const languages: Readonly<Record<string, Words>> = { en, de };

/** English until `speak` says otherwise. */
export let words: Words = en;

/** @param language a key of `languages`; another one is English */
export function speak(language: string): void {
  words = Object.hasOwn(languages, language) ? languages[language] : en;
}

/** The first wish that is spoken here: "de-AT" is "de". */
export function chooseLanguage(wishes: readonly (string | null)[]): string {
  for (const wish of wishes) {
    const language = (wish ?? "").toLowerCase().split("-")[0];
    if (Object.hasOwn(languages, language)) return language;
  }
  return "en";
}
