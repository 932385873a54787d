/**
 * A session before its model has come: what was asked beforehand is answered at once (browser/first-answers.ts), what a
 * service can answer is asked of the service that the page comes from, and the rest waits for the model. From then on
 * the model answers everything. The page says in a meta element whether there is such a file, and whether a service:
 * elsewhere no request is made.
 */
import { FIRST_ANSWERS, type FirstAnswers } from "../../browser/first-answers.js";
import type { KnobRequest } from "../../session/session-types.js";
import type { ListRequest } from "../../session/list-request.js";
import type { Profile } from "../../session/profile.js";
import type { DeskSession } from "./desk-session.js";

/** As export/desk-page.ts writes it into `<meta name="unknot-first">`. */
export type FirstPlace = "file" | "service";

type Method = Exclude<keyof DeskSession, "opened">;
type Arguments = readonly unknown[];

/** A request to the service, and what of its answer is meant. */
interface Request {
  readonly path: string;
  /** Sent as JSON; without one it is a GET. */
  readonly body?: unknown;
  readonly answer?: (value: never) => unknown;
}

const name = encodeURIComponent;

/** The most that a service finds by name at a time (docs/serve.md). */
const MOST_FOUND = 100;

/** Whose list, and which: a list of ids or a length stands for itself, the other forms have the service's names. */
function personAndList(taste: Profile, list: number | ListRequest = {}): object {
  const person = "items" in taste || "dislikes" in taste ? taste : { items: taste };
  return { ...person, ...(typeof list === "number" ? { n: list } : list) };
}

/** What a service can be asked for a session (docs/serve.md); null for what it refuses. */
const requests: { readonly [M in Method]?: (...args: never[]) => Request | null } = {
  steer: (taste: Profile, knobs: readonly KnobRequest[], list: number | ListRequest) =>
    ({ path: "steer", body: { ...personAndList(taste, list), knobs } }),
  inspectUser: (taste: Profile, n: number) => ({ path: "profile", body: personAndList(taste, n) }),
  explain: (taste: Profile, item: string, knobs: readonly KnobRequest[] = []) =>
    ({ path: "explain", body: { ...personAndList(taste), item, knobs } }),
  recommend: (taste: Profile, list: number | ListRequest) =>
    ({ path: "recommend", body: personAndList(taste, list) }),
  inspectNeuron: (neuron: number, n: number) => ({ path: `neurons/${neuron}?n=${n}` }),
  inspectTag: (tag: string, n: number) => ({ path: `tags/${name(tag)}?n=${n}` }),
  inspectConcept: (concept: string, n: number) => ({ path: `concepts/${name(concept)}?n=${n}` }),
  findTag: (tag: string) => ({ path: `tags/${name(tag)}?n=1`, answer: () => 0 }),
  searchItems: (text: string, n: number) => (n > MOST_FOUND ? null : {
    path: `items?q=${name(text)}&n=${n}`, answer: ({ items }: { items: unknown }) => items,
  }),
  searchTags: (text: string, n: number) => ({
    path: `tags?q=${name(text)}&n=${n}`, answer: ({ tags }: { tags: unknown }) => tags,
  }),
  wish: (text: string) => ({ path: "wish", body: { wish: text } }),
};

/** All that the desk asks: the compiler asks for a new one here. */
const METHODS: Readonly<Record<Method, true>> = {
  summary: true, samples: true, searchItems: true, searchTags: true, inspectUser: true, steer: true, explain: true,
  inspectNeuron: true, inspectTag: true, inspectConcept: true, atlas: true, concepts: true, recommend: true,
  findTag: true, carriers: true, similarItems: true, wish: true, steerEach: true,
};

/** Where the page says that first answers are; null for nowhere. */
export function firstPlace(): FirstPlace | null {
  const said = document.querySelector('meta[name="unknot-first"]')?.getAttribute("content");
  return said === "file" || said === "service" ? said : null;
}

/** Null where they cannot be had: the desk then waits for the model. */
export async function loadFirstAnswers(): Promise<FirstAnswers | null> {
  try {
    const response = await fetch(new URL(`model/${FIRST_ANSWERS}`, document.baseURI));
    return response.ok ? await response.json() as FirstAnswers : null;
  } catch {
    return null;
  }
}

/**
 * @param model the session that is being opened
 * @param service asks it for a path; null without one
 */
export function earlySession(
  { opened, answers }: FirstAnswers, model: Promise<DeskSession>, service: typeof askService | null,
): DeskSession {
  let open: DeskSession | null = null;
  model.then((session) => { open = session; }, () => {
    // Whoever opens it says so; a service goes on answering.
  });
  const known = new Map(answers.map(({ method, args, value }) => [JSON.stringify([method, args]), value]));
  const ofModel = (session: DeskSession, method: Method, args: Arguments): Promise<unknown> =>
    (session[method] as (...args: Arguments) => Promise<unknown>)(...args);
  const ask = async (method: Method, args: Arguments): Promise<unknown> => {
    if (open) return ofModel(open, method, args);
    const question = JSON.stringify([method, args]);
    if (known.has(question)) return known.get(question);
    const request = (requests[method] as ((...args: Arguments) => Request | null) | undefined)?.(...args);
    return request && service ? service(request) : ofModel(await model, method, args);
  };
  return {
    opened, ...Object.fromEntries((Object.keys(METHODS) as Method[]).map((method) =>
      [method, (...args: Arguments) => ask(method, args)])),
  } as unknown as DeskSession;
}

/** @throws Error with what the service says */
export async function askService({ path, body, answer }: Request): Promise<unknown> {
  const response = await fetch(new URL(path, document.baseURI), body === undefined ? {} : {
    method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body),
  });
  const value = await response.json() as never;
  if (!response.ok) throw new Error((value as { detail?: string }).detail ?? `the service answered ${response.status}`);
  return answer ? answer(value) : value;
}
