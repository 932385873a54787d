/**
 * Sparse ELSA: forward values, gradients, Nadam, the next level, inference. The whole schedule is checked beside it.
 * Gradients are near Nadam's ε here, so rounding to single precision becomes visible in A: parameters are compared in
 * double precision, where the references are exact; scores, gradients and losses on the engine at hand too.
 */
import { Tape } from "../../src/autograd/index.js";
import { csrSelectRows } from "../../src/base/csr.js";
import type { Engine } from "../../src/engine/engine.js";
import { largestOfRows, pruningLevels } from "../../src/models/recommenders/pruning.js";
import { SparseElsa } from "../../src/models/recommenders/sparse-elsa.js";
import { outputColumns, SparseElsaTrainee } from "../../src/models/recommenders/sparse-elsa-trainee.js";
import { nextStart } from "../../src/train/train-sparse-elsa.js";
import { Nadam } from "../../src/train/nadam.js";
import { doubleEngine } from "../support/gradient-check.js";
import type { Checker } from "./checker.js";
import { adamConfig, denseToCsr, mask } from "./inputs.js";
import { rank } from "./metrics.js";
import { writeOut } from "./sparse-elsa-schedule.js";

export function checkSparseElsa(check: Checker, engine: Engine): void {
  const double = doubleEngine();
  checkSchedules(check);
  for (const variant of ["all_columns", "sampled_columns"] as const) {
    checkSteps(check, variant, engine, "engine");
    const final = checkSteps(check, variant, double, "double");
    if (variant === "sampled_columns") {
      checkNextLevel(check, final);
      checkInference(check, double, final);
      checkInference(check, engine, final);
    }
  }
}

/** Steps on the file's batches; the pruned, normalised rows afterwards, written out. */
function checkSteps(
  check: Checker, variant: "all_columns" | "sampled_columns", engine: Engine, kind: "engine" | "double",
): Float64Array {
  const { golden } = check;
  const [items, factors] = [golden.number("config.n_items"), golden.number("config.dim")];
  const x = denseToCsr(golden, "inputs.X");
  const everyColumn = Int32Array.from({ length: items * factors }, (_, q) => q % factors);
  return engine.scope(() => {
    const model = new SparseElsaTrainee(
      engine, golden.array64("inputs.A"), everyColumn, items, factors, golden.number("config.n_vals"),
    );
    const optimiser = new Nadam(engine, model.parameters, adamConfig(golden));
    const a = model.parameters[0].tensor;
    const tape = new Tape(engine);
    const losses: number[] = [];
    const users = golden.value("inputs.batch_users") as number[][];
    users.forEach((rows, step) => {
      tape.reset();
      const batch = tape.sparseInput(csrSelectRows(x, rows));
      const outputs = variant === "all_columns" ? null
        : outputColumns(tape, batch, golden.ints(`${variant}.batches.${step}.output_columns`));
      const { loss, scores } = model.forward(tape, batch, outputs);
      losses.push(loss.data[0]);
      if (step === 0) {
        const columns = outputs ? outputs.items.length : items;
        const byUser = Float64Array.from(
          scores, (_, q) => scores[(q % columns) * rows.length + Math.floor(q / columns)],
        );
        check.compare(`${variant}, ${kind}: scores`, byUser, `${variant}.float64_reference.scores_step1`);
      }
      tape.backward(loss);
      if (step === 0) {
        check.compare(`${variant}, ${kind}: gradient`, a.grad!, `${variant}.float64_reference.grad_masked_step1`);
      }
      optimiser.step();
      const at = `${variant}.float64_reference.after.${step + 1}.A`;
      if (kind === "double" && golden.has(at)) check.compare(`${variant}: A after ${step + 1}`, a.data, at);
    });
    if (kind === "double") check.compare(`${variant}: losses`, losses, `${variant}.float64_reference.loss_per_step`);
    else check.compare(`${variant}: first loss`, losses[0], `${variant}.float64_reference.loss_per_step.0`);
    const { columns, values, entries } = model.vectors(tape);
    return writeOut({ columns, values, entries }, items, factors);
  });
}

/** The support of the level after, and what it starts from. */
function checkNextLevel(check: Checker, current: Float64Array): void {
  const { golden } = check;
  const [items, factors] = [golden.number("config.n_items"), golden.number("config.dim")];
  check.compare("next level: current rows", current, "next_level.current");
  const entries = golden.number("next_level.n_vals_next");
  const columns = Int32Array.from(current, (_, q) => q % factors);
  const now = { columns, values: current, entries: factors };
  const initial = golden.array64("inputs.A");
  const again = nextStart(now, entries, items, { initial, factors });
  check.compare("next level: restart", writeOut(again, items, factors), "next_level.start_with_restart");
  const support = writeOut({ ...again, values: new Float64Array(again.columns.length).fill(1) }, items, factors);
  check.compare("next level: support", support, "next_level.mask");
  check.compare("next level: no restart", writeOut(nextStart(now, entries, items, null), items, factors),
    "next_level.start_without_restart");
}

function checkInference(check: Checker, engine: Engine, current: Float64Array): void {
  const { golden } = check;
  const [items, factors] = [golden.number("config.n_items"), golden.number("config.dim")];
  const kind = engine.heap.floatBytes === 8 ? "double" : "engine";
  engine.scope(() => {
    const entries = golden.number("config.n_vals");
    const columns = largestOfRows(current, items, factors, entries);
    check.compare(`${kind}: columns`, columns, "inference.A_csr.indices");
    const values = Float64Array.from(columns, (c, q) => current[Math.floor(q / entries) * factors + c]);
    const model = new SparseElsa(engine, { columns, values, entries }, factors);
    const tape = new Tape(engine, false);
    const users = csrSelectRows(denseToCsr(golden, "inputs.X"), golden.ints("inference.users"));
    const x = tape.sparseInput(users);
    const e = model.encode(tape, x);
    check.compare(`${kind}: embeddings`, e.data, "inference.user_embedding");
    const logits = Float64Array.from(model.logits(tape, e).data);
    check.compare(`${kind}: linear scores`, logits, "inference.scores_linear");
    const scores = Float64Array.from(model.scores(tape, x).data);
    mask(scores, users, 0);
    check.compare(`${kind}: the authors' scores`, scores, "inference.scores_reference");
    const theirs = golden.array64("inference.scores_linear");
    for (const masked of [logits, theirs]) mask(masked, users, -Infinity);
    const n = golden.shaped("inference.top10").shape[1];
    check.lists(`${kind}: top ${n}`, rank(engine, logits, items, n), "inference.top10", theirs, items);
  });
}

function checkSchedules(check: Checker): void {
  const { golden } = check;
  (golden.value("schedules") as unknown[]).forEach((_, s) => {
    const at = `schedules.${s}`;
    const [factors, epochs] = [golden.number(`${at}.factors`), golden.number(`${at}.epochs`)];
    for (const schedule of ["exponential", "linear"] as const) {
      const levels = pruningLevels(factors, [...golden.ints(`${at}.vals`)], epochs, schedule);
      const entries = levels.slice(0, -1).map((level) => level.entries);
      check.compare(`schedule ${s}, ${schedule}`, entries, `${at}.${schedule}`);
      const last = levels[levels.length - 1];
      check.compare(`schedule ${s}: last level`, last.entries, `${at}.final`);
      check.compare(`schedule ${s}: its epochs`, last.epochs, `${at}.final_epochs`);
    }
  });
}
