/**
 * A surface: a place where bytes or texts from outside come in. It makes inputs, hands each to the library, and says
 * what became of it. There are two clear outcomes, taken and refused; everything else is a fault of the library.
 */
import type fc from "fast-check";
import { UserError } from "../../src/base/user-error.js";

export type Outcome = "taken" | "refused";

export interface Surface {
  readonly name: string;
  /** What comes in there, in a few words. */
  readonly about: string;
  /** How many cases a round has; slow surfaces have fewer, so that rounds take about the same time. */
  readonly round: number;
  open(): Promise<OpenSurface>;
}

export interface OpenSurface<Input = unknown> {
  readonly inputs: fc.Arbitrary<Input>;
  /** Throws for whatever is neither taken rightly nor refused clearly. */
  check(input: Input): Outcome | Promise<Outcome>;
  /** What a person needs to see of a failing input; default: fast-check's own form. */
  show?(input: Input): string;
  close?(): Promise<void>;
}

/** A message longer than this is none that a person reads. */
const LONGEST_MESSAGE = 4000;
/** What engines say when a program is wrong; in a message for people it was passed on by mistake. */
const RAW = new RegExp([
  "is not a function", "is not iterable", "Cannot read propert", "Cannot destructure", "Cannot convert", "of undefined",
  "of null", "Maximum call stack", "Invalid (typed )?array", "Invalid string length", "out of memory",
  "allocation failed", "\\[object ", "\\n\\s+at ",
].join("|"));

/**
 * Gives an input to the library.
 *
 * @param take what uses it, and checks what came of it
 * @throws what `take` throws, unless that is a refusal that a person can read
 */
export async function judge(take: () => unknown): Promise<Outcome> {
  try {
    await take();
    return "taken";
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    checkMessage(error.message);
    return "refused";
  }
}

/** @throws when it is no message for a person */
export function checkMessage(message: string): void {
  if (message.trim() === "") throw new Error("refused without a word");
  if (message.length > LONGEST_MESSAGE) throw new Error(`a message of ${message.length} characters`);
  if (RAW.test(message)) throw new Error(`a raw message: ${message}`);
}

/** For checks of what was taken: unlike an assertion of UserErrors, its failure is never a refusal. */
export function demand(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(`taken, but ${what}`);
}

/** Runs a check of the library on what the library itself made: a refusal there is a fault, not an outcome. */
export function mustHold<T>(what: string, check: () => T): T {
  try {
    return check();
  } catch (error) {
    throw new Error(`taken, but ${what}: ${(error as Error).message}`, { cause: error });
  }
}
