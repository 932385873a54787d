/**
 * How far loading has come, in the middle of an empty page or, once a list stands there, as a line at its foot; and
 * what went wrong, with a way to try again.
 */
import type { LoadProgress } from "../../browser/load-web-model.js";
import { button, element, setText } from "./element.js";
import { fixed } from "../words/numbers.js";
import { words } from "../words/words.js";

export class LoadingLine {
  private readonly text: HTMLElement;
  private readonly bar: HTMLProgressElement;

  /** @param node as index.html has it */
  constructor(private readonly node: HTMLElement) {
    this.text = node.querySelector<HTMLElement>("p")!;
    this.bar = node.querySelector("progress")!;
    setText(this.text, words.load.begin);
  }

  show({ loaded, total }: LoadProgress): void {
    if (total > 0) this.bar.value = loaded / total;
    setText(this.text, words.load.progress(fixed(loaded / 1e6, 1), fixed(total / 1e6, 1)));
  }

  /** The desk took the page: the line stays until the model has come. */
  moveTo(page: HTMLElement): void {
    this.node.classList.add("beside");
    // Beside a list that can be used already, every megabyte need not be announced.
    this.text.removeAttribute("role");
    page.append(element("aside", { class: "loading-place", "aria-label": words.load.begin }, this.node));
  }

  end(): void {
    this.node.closest(".loading-place")?.remove();
  }

  failed(message: string): void {
    this.bar.remove();
    this.text.setAttribute("role", "alert");
    setText(this.text, words.load.failed(message));
    this.text.after(button({ class: "action" }, () => location.reload(), words.load.again));
  }
}
