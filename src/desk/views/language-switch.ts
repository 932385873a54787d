/** A small choice of language: each by its own name. */
import { changeLanguage } from "../words/page-language.js";
import { button, element } from "../widgets/element.js";
import { languages, words } from "../words/words.js";

export function languageSwitch(): HTMLElement {
  return element("div", { class: "languages", role: "group", "aria-label": words.page.language },
    ...Object.entries(languages).map(([language, own]) => button({
      class: "quiet", lang: language, "aria-pressed": String(own === words),
    }, () => {
      if (own !== words) changeLanguage(language);
    }, own.name)));
}
