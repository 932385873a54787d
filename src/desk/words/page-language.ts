/**
 * The language of the page that it is called on: by `?lang=` in the address, else as chosen on an earlier visit, else
 * as the browser asks for.
 */
import { recall, remember } from "../widgets/remembered.js";
import { chooseLanguage, speak } from "./words.js";

const KEY = "unknot-language";

/** Before anything is shown. */
export function useLanguage(): void {
  const asked = new URL(location.href).searchParams.get("lang");
  const language = chooseLanguage([asked, recall(KEY), ...navigator.languages]);
  speak(language);
  document.documentElement.lang = language;
}

/** Opens the page anew: everything on it was written in the other language. The desk's state is in the address. */
export function changeLanguage(language: string): void {
  remember(KEY, language);
  const url = new URL(location.href);
  url.searchParams.set("lang", language);
  // Where the choice could not be kept, the address keeps it.
  if (recall(KEY) === language) url.searchParams.delete("lang");
  if (url.href === location.href) location.reload();
  else location.replace(url);
}
