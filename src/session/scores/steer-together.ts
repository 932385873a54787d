/**
 * Scores before and after turning knobs, of several profiles at once: they are encoded, turned and decoded as the rows
 * of one batch, so that the weights are read once for all of them and a kernel is called once. Each has the bits that
 * it has alone: no more rows are taken together than an op treats as so many single ones (score-together.ts).
 */
import { FEW_ROWS, Tape, Tensor } from "../../autograd/index.js";
import type { Floats } from "../../base/floats.js";
import { orError, type UserError } from "../../base/user-error.js";
import type { Knob } from "../../steer/steer.js";
import { holdBack, type HeldBack } from "../../steer/suppression.js";
import { rowsAsCsr, type ProfileRow } from "../profile.js";
import type { Workings } from "../workings.js";

/** Whose scores, and what is turned. */
export interface Steered {
  readonly row: ProfileRow;
  /** Checked (steer/check-knobs.ts). */
  readonly knobs: readonly Knob[];
  readonly held: readonly HeldBack[];
}

/** What `use` makes of scores of all items, (I), which it may change while it runs. */
type Use<T> = (before: Floats, after: Floats, at: number) => T;

type Parts = Pick<Workings, "engine" | "cfae" | "sae" | "scores">;

/** Runs `use` on each one's scores; an error in the place of one for which it has none. */
export function steerTogether<T>(parts: Parts, asked: readonly Steered[], use: Use<T>): (T | UserError)[] {
  const { scores } = parts;
  const answers: (T | UserError)[] = [];
  const shared: number[] = [];
  asked.forEach(({ row, knobs, held }, at) => {
    if (!scores.isSteeredAnew(row, knobs)) {
      answers[at] = orError(() =>
        scores.beforeAndAfter(row, knobs, held, (before, after) => use(before, after, at)));
    } else if (row.values) steerFew(parts, asked, [at], use, answers);
    else shared.push(at);
  });
  const many = FEW_ROWS / 2;
  for (let from = 0; from < shared.length; from += many) {
    steerFew(parts, asked, shared.slice(from, from + many), use, answers);
  }
  return answers;
}

/** Those of `asked` that stand at `some`, B of them, into their places of `answers`. */
function steerFew<T>(
  { engine, cfae, sae, scores }: Parts, asked: readonly Steered[], some: readonly number[], use: Use<T>,
  answers: (T | UserError)[],
): void {
  const { items: I, factors: D } = cfae;
  const B = some.length;
  engine.scope(() => {
    const tape = new Tape(engine, false, true);
    const rows = rowsAsCsr(some.map((at) => asked[at].row), I);
    const u = cfae.encode(tape, tape.sparseInput(rows));
    const { embedding } = scores.turned(tape, { u, ...sae.encode(tape, u) }, (r) => asked[some[r]].knobs);
    const both = new Tensor(engine.floats(2 * B * D), 2 * B, D, false);
    for (let r = 0; r < B; r++) {
      both.data.set(u.data.subarray(r * D, (r + 1) * D), 2 * r * D);
      both.data.set(embedding.data.subarray(r * D, (r + 1) * D), (2 * r + 1) * D);
    }
    const pairs = Int32Array.from({ length: 2 * B }, (_, i) => i >> 1);
    const { data } = cfae.decode(tape, both, tape.sparseInput(rows, pairs));
    some.forEach((at, r) => {
      const [before, after] = [0, 1].map((i) => data.subarray((2 * r + i) * I, (2 * r + i + 1) * I));
      holdBack(after, asked[at].held);
      const encoded = scores.kept.keep(asked[at].row, u.data.subarray(r * D, (r + 1) * D));
      if (encoded.listed) encoded.scores = before.slice();
      encoded.listed = true;
      answers[at] = orError(() => use(before, after, at));
    });
  });
}
