/** Opens the desk on a session at the address's state, or at the first sample so that there is something to turn. */
import { readAddress } from "./state/address.js";
import { Desk } from "./desk.js";
import type { DeskSession } from "./state/desk-session.js";
import { emptyState } from "./state/state.js";
import { Store } from "./state/store.js";

export async function startDesk(root: HTMLElement, session: DeskSession): Promise<void> {
  const [summary, samples, neurons] = await Promise.all([session.summary(), session.samples(), session.atlas()]);
  const first = location.hash.length > 1 || samples.length === 0
    ? readAddress(location.hash)
    : { ...emptyState, mix: { ...emptyState.mix, profile: samples[0].items } };
  new Desk(root, new Store(first), session, summary, samples, neurons).start();
}
