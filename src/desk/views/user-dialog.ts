/** Taking a known user's taste: an id typed or chosen from some, and what the service says when it knows none such. */
import { whole } from "../words/numbers.js";
import { words } from "../words/words.js";
import { button, element, setText } from "../widgets/element.js";
import { titlesOf, type KnownUsers } from "../state/known-users.js";

export class UserDialog {
  readonly node: HTMLDialogElement;
  private readonly input: HTMLInputElement;
  private readonly fault = element("p", { class: "hint", role: "alert" });

  /** @param taken told whose titles were chosen, and their ids */
  constructor({ name, count, some }: KnownUsers, private readonly taken: (user: string, items: string[]) => void) {
    this.input = element("input", {
      class: "search", id: "user", list: "some-users", autocomplete: "off", required: true,
    });
    const form = element("form", { method: "dialog" },
      element("label", { for: "user" }, words.users.label(whole(count), name)), this.input,
      element("datalist", { id: "some-users" }, ...some.map((id) => element("option", { value: id }))), this.fault,
      element("div", { class: "actions" }, element("button", { class: "action", type: "submit" }, words.users.take),
        button({ class: "action" }, () => this.node.close(), words.users.cancel)));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.take(this.input.value.trim());
    });
    this.node = element("dialog", { class: "user-dialog", "aria-labelledby": "user-heading" },
      element("h2", { id: "user-heading" }, words.users.heading), form);
  }

  open(): void {
    setText(this.fault, "");
    this.node.showModal();
  }

  private async take(user: string): Promise<void> {
    try {
      const items = await titlesOf(user);
      this.node.close();
      this.taken(user, items);
    } catch (error) {
      setText(this.fault, error instanceof Error ? error.message : String(error));
    }
  }
}
