/**
 * Scores before and after turning knobs, of several profiles at once: one product of two rows each, so that the weights
 * are read once for all of them. Each has the bits that it has alone (score-together.ts).
 */
import { FEW_ROWS, Tape, Tensor } from "../../autograd/index.js";
import type { Floats } from "../../base/floats.js";
import { orError, UserError } from "../../base/user-error.js";
import type { Knob } from "../../steer/steer.js";
import { holdBack, type HeldBack } from "../../steer/suppression.js";
import { rowsAsCsr, type ProfileRow } from "../profile.js";
import type { Workings } from "../workings.js";
import type { Encoded } from "./kept-profiles.js";

/** Whose scores, and what is turned. */
export interface Steered {
  readonly row: ProfileRow;
  readonly knobs: readonly Knob[];
  readonly held: readonly HeldBack[];
}

/** What `use` makes of scores of all items, (I), which it may change while it runs. */
type Use<T> = (before: Floats, after: Floats, at: number) => T;

/** Runs `use` on each one's scores; an error in the place of one whose knobs make no sense. */
export function steerTogether<T>(
  workings: Pick<Workings, "engine" | "cfae" | "scores">, asked: readonly Steered[], use: Use<T>,
): (T | UserError)[] {
  const { scores } = workings;
  const answers: (T | UserError)[] = [];
  const shared: number[] = [];
  asked.forEach(({ row, knobs, held }, at) => {
    if (scores.isSteeredAnew(row, knobs)) shared.push(at);
    else {
      answers[at] = orError(() =>
        scores.beforeAndAfter(row, knobs, held, (before, after) => use(before, after, at)));
    }
  });
  const many = FEW_ROWS / 2;
  for (let from = 0; from < shared.length; from += many) {
    steerFew(workings, asked, shared.slice(from, from + many), use, answers);
  }
  return answers;
}

/** Those of `asked` that stand at `some`, into their places of `answers`. */
function steerFew<T>(
  { engine, cfae, scores }: Pick<Workings, "engine" | "cfae" | "scores">, asked: readonly Steered[],
  some: readonly number[], use: Use<T>, answers: (T | UserError)[],
): void {
  const { items: I, factors: D } = cfae;
  engine.scope(() => {
    const embeddings = engine.floats(2 * some.length * D);
    const fine: { readonly at: number; readonly encoded: Encoded }[] = [];
    for (const at of some) {
      const { row, knobs } = asked[at];
      const turned = orError(() => scores.withCode(row, knobs, (_, { embedding }) => {
        embeddings.set(embedding.data, (2 * fine.length + 1) * D);
        return scores.kept.encoded(row);
      }));
      if (turned instanceof UserError) {
        answers[at] = turned;
        continue;
      }
      embeddings.set(turned.u, 2 * fine.length * D);
      fine.push({ at, encoded: turned });
    }
    if (fine.length === 0) return;
    const tape = new Tape(engine, false, true);
    const both = new Tensor(embeddings.subarray(0, 2 * fine.length * D), 2 * fine.length, D, false);
    const x = tape.sparseInput(rowsAsCsr(fine.map(({ at }) => asked[at].row), I), fine.flatMap((_, r) => [r, r]));
    const { data } = cfae.decode(tape, both, x);
    fine.forEach(({ at, encoded }, r) => {
      const [before, after] = [0, 1].map((i) => data.subarray((2 * r + i) * I, (2 * r + i + 1) * I));
      holdBack(after, asked[at].held);
      if (encoded.listed) encoded.scores = before.slice();
      encoded.listed = true;
      answers[at] = orError(() => use(before, after, at));
    });
  });
}
