/** The page's program: loads the model beside the page, or inside it, and opens the desk. */
import { openPageSession } from "../browser/page-session.js";
import { button, setText } from "./widgets/element.js";
import { startDesk } from "./start.js";
import { fixed } from "./words/numbers.js";
import { useLanguage } from "./words/page-language.js";
import { words } from "./words/words.js";

useLanguage();
const root = document.getElementById("desk")!;
const text = document.getElementById("loading")!;
const progress = document.getElementById("progress") as HTMLProgressElement;

setText(text, words.load.begin);
openPageSession({
  onProgress: ({ loaded, total }) => {
    if (total > 0) progress.value = loaded / total;
    setText(text, words.load.progress(fixed(loaded / 1e6, 1), fixed(total / 1e6, 1)));
  },
}).then((session) => startDesk(root, session)).catch((error: unknown) => {
  progress.remove();
  text.setAttribute("role", "alert");
  setText(text, words.load.failed(error instanceof Error ? error.message : String(error)));
  text.after(button({ class: "action" }, () => location.reload(), words.load.again));
});
