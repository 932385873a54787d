/** The page's program: loads the model beside the page, or inside it, and opens the desk. */
import { openPageSession } from "../browser/page-session.js";
import { button, setText } from "./widgets/element.js";
import { startDesk } from "./start.js";

const root = document.getElementById("desk")!;
const text = document.getElementById("loading")!;
const progress = document.getElementById("progress") as HTMLProgressElement;

openPageSession({
  onProgress: ({ loaded, total }) => {
    if (total > 0) progress.value = loaded / total;
    setText(text, `Loading the model, ${(loaded / 1e6).toFixed(1)} of ${(total / 1e6).toFixed(1)} MB`);
  },
}).then((session) => startDesk(root, session)).catch((error: unknown) => {
  progress.remove();
  text.setAttribute("role", "alert");
  setText(text, `The desk cannot start: ${error instanceof Error ? error.message : String(error)}`);
  text.after(button({ class: "action" }, () => location.reload(), "Try again"));
});
