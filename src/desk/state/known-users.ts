/**
 * People of a data set, where the desk comes from a service that was started with one (docs/serve.md): the page says so
 * in a meta element, and their titles are asked of the service. Elsewhere there are none, and no request is made.
 */

/** As serve/prepare.ts writes it, as JSON, into `<meta name="unknot-users">`. */
export interface KnownUsers {
  /** The data set's name. */
  readonly name: string;
  /** How many there are. */
  readonly count: number;
  /** Ids of some of them, to choose from. */
  readonly some: readonly string[];
}

export function knownUsers(): KnownUsers | null {
  const text = document.querySelector('meta[name="unknot-users"]')?.getAttribute("content");
  return text ? JSON.parse(text) as KnownUsers : null;
}

/** Ids of a user's titles. @throws Error with what the service says, for a user that it does not know */
export async function titlesOf(user: string): Promise<string[]> {
  const response = await fetch(new URL("profile", document.baseURI), {
    method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ user, n: 1 }),
  });
  const answer = await response.json() as
    { readonly history: readonly { readonly id: string }[] } & { readonly detail?: string };
  if (!response.ok) throw new Error(answer.detail ?? `the service answered ${response.status}`);
  return answer.history.map(({ id }) => id);
}
