/** The program of index.html: one liked item, one knob, the list. All of it is computed in a worker of the page. */
import { openRemoteSession, Superseded } from "unknot/browser";

const session = await openRemoteSession("worker.js", "model/");
const item = document.querySelector<HTMLInputElement>("#item")!;
const found = document.querySelector("#found")!;
const tag = document.querySelector<HTMLSelectElement>("#tag")!;
const strength = document.querySelector<HTMLInputElement>("#strength")!;
const list = document.querySelector("#list")!;

let liked: string | undefined;

tag.append(...(await session.searchTags("", 50)).map(({ tag: name }) => new Option(name)));

item.addEventListener("input", () => void search());
for (const control of [tag, strength]) control.addEventListener("input", () => void show());

async function search(): Promise<void> {
  const items = await session.searchItems(item.value, 10);
  found.replaceChildren(...items.map(({ title }) => new Option(title)));
  liked = items.find(({ title }) => title === item.value)?.id;
  await show();
}

async function show(): Promise<void> {
  if (liked === undefined) return;
  try {
    const knob = { tag: tag.value, strength: strength.valueAsNumber };
    const { after } = await session.steer([liked], [knob], 10);
    list.replaceChildren(
      ...after.map(({ title }) => Object.assign(document.createElement("li"), { textContent: title })),
    );
  } catch (error) {
    if (!(error instanceof Superseded)) throw error;
  }
}
