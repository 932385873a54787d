/** The desk's addresses: whatever stands behind the "#", a state comes of it that keeps the desk's rules. */
import fc from "fast-check";
import { readAddress, readOrigin, writeAddress } from "../../../src/desk/state/address.js";
import { movedShare } from "../../../src/desk/state/state.js";
import { demand, type OpenSurface, type Outcome, type Surface } from "../surface.js";

const parts = [
  "like=", "mix=", "paper=", "view=", "find=", "sort=", "neuron=", "tag=", "why=", "tag:", "neuron:", "concept:", ":",
  ",", "&", "=", "%", "#", "?", "m", "s", "-", "1", "0.5", "-1", "1e5", "0.3", "12", "9999999", "99999999", "atlas",
  "desk", "unique", "characterises", "dark%20comedy", "%E0%A4%A", "%00", "%F0%9D%84%9E", "\ud800", "é", "__proto__",
  "model=", "names=", "constructor", "<script>", "javascript:", "x".repeat(500),
];
/** Well formed but for one piece or the other. */
const member = fc.tuple(
  fc.constantFrom("like", "mix", "paper", "view", "find", "sort", "neuron", "tag", "why", "model", "names"),
  fc.array(fc.array(fc.oneof(fc.constantFrom(...parts), fc.string({ maxLength: 4 })), { minLength: 1, maxLength: 4 })
    .map((pieces) => pieces.join(":")), { minLength: 1, maxLength: 4 }),
).map(([name, list]) => `${name}=${list.join()}`);
const inputs = fc.oneof(
  fc.array(member, { maxLength: 5 }).map((list) => `#${list.join("&")}`),
  fc.array(fc.constantFrom(...parts), { maxLength: 40 }).map((list) => list.join("")),
  fc.string({ unit: "binary", maxLength: 200 }),
  fc.array(fc.oneof(fc.constantFrom(...parts), fc.string({ maxLength: 8 })), { maxLength: 20 })
    .map((list) => list.join("")),
);

function check(hash: string): Outcome {
  const state = readAddress(hash);
  demand(movedShare(state.mix.channels) <= 1 + 1e-9, "it moves more than all of an activation");
  const { names } = readOrigin(hash);
  demand([...names].every(([neuron, label]) => Number.isInteger(neuron) && label !== ""), "a neuron has no name");
  const written = writeAddress(state);
  demand(/^[\w\-.~%&=:,]*$/.test(written), `its address has characters that end a link: ${written}`);
  demand(JSON.stringify(readAddress(`#${written}`)) === JSON.stringify(state), "its own address is another state");
  return written === "" ? "refused" : "taken";
}

export const deskAddresses: Surface = {
  name: "desk-addresses", about: "what stands behind the # of a page's address", round: 1000,
  open: () => Promise.resolve({ inputs, check } satisfies OpenSurface<string> as OpenSurface),
};
