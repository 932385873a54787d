/** Opens the desk on a session at the address's state, or at the first sample so that there is something to turn. */
import { readAddress, readOrigin } from "./state/address.js";
import { Desk } from "./desk.js";
import { isFirstVisit } from "./views/first-run/first-run.js";
import type { DeskSession } from "./state/desk-session.js";
import { fitLink, type FittedLink, type ModelNames } from "./state/fit-link.js";
import { emptyState } from "./state/state.js";
import { Store } from "./state/store.js";

export async function startDesk(root: HTMLElement, session: DeskSession): Promise<void> {
  const [summary, samples, neurons, concepts] =
    await Promise.all([session.summary(), session.samples(), session.atlas(), session.concepts()]);
  const names: ModelNames = {
    fingerprint: summary.names, labels: neurons.map(({ label }) => label),
    concepts: new Set(concepts.map(({ name }) => name)),
  };
  const read = (hash: string): Promise<FittedLink> => fitLink(readAddress(hash), readOrigin(hash), names, session);
  const sample = { ...emptyState, mix: { ...emptyState.mix, profile: samples[0]?.items ?? [] } };
  const linked = location.hash.length > 1;
  const { state, note } = linked ? await read(location.hash) : { state: sample, note: null };
  const desk = new Desk(root, new Store(state, { ...names, read }), session, summary, samples, neurons);
  desk.start();
  desk.say(note);
  if (!linked && isFirstVisit()) desk.welcome(samples[0] ?? null);
}
