/** unknot steer-bench: knobs against the baselines of the field, on items that no knob was told of. */
import type { Command } from "commander";
import { fraction, percent } from "../base/numbers.js";
import { openData } from "../data/data-source.js";
import { openEngine } from "../engine/open.js";
import { measureKnobScale, type KnobScale } from "../session/measure-knob-scale.js";
import { residualOf, type Residual } from "../config/sae.js";
import { checkSteerable } from "../measure/steer-bench-setting.js";
import { steerBench, type SteerBench, type SteerBenchOptions } from "../measure/steer-bench.js";
import { steerSeveral, type SteerSeveral } from "../measure/steer-several.js";
import { asTrained } from "../model-folder/add-items.js";
import { checkItems } from "../model-folder/check-items.js";
import { loadModel } from "../model-folder/folder.js";
import { withResidual } from "../model-folder/model.js";
import { openSession } from "../session/open-session.js";
import type { Context } from "./context.js";
import { dataOf, orderOf, residualOption, type ModelOptions } from "./open-model.js";
import { addDataOptions, addMachineOptions, addModelOption, addOutputOptions, number } from "./options.js";
import { left, right } from "./tables/table.js";

interface SteerBenchCommandOptions extends ModelOptions {
  tags: number;
  users: number;
  minItems: number;
  several?: number;
  teaser: boolean;
}

export function addSteerBench(command: Command, context: Context): void {
  addModelOption(command)
    .option("--tags <n>", "tags at most, spread over their sizes", number(1), 40)
    .option("--users <n>", "validation and test users at most, each", number(1), 200)
    .option("--min-items <n>", "items of a tag, at least", number(2), 20)
    .option("--several <n>", "instead, so many tags at once: related or not, all up or one down", number(2));
  command.option("--no-teaser", "leave TEASER out, which has to be trained");
  command.addOption(residualOption());
  addDataOptions(command);
  addMachineOptions(command);
  addOutputOptions(command)
    .addHelpText("after", `
Up: the segment nDCG@20 of hidden items at the strongest that keeps 98 % of the personal nDCG@20. Down: how much of the
hidden and the visible items stays in the list where 98 % is kept for targets without the tag. Strengths are chosen on
validation users. Then: do calibrated knobs act as their scale says?

--several 2: tags that share items, and tags that do not. The segment are hidden items of any of the tags that are up;
"least" is the figure of the tag that gets least, "all" that of items with all of them.

Examples:
  unknot steer-bench --model ml-1m-model
  unknot steer-bench --model ml-1m-model --several 3 --tags 10
  unknot steer-bench --model small-model --tags 20 --users 60 --json`)
    .action((options: SteerBenchCommandOptions) => run(options, context));
}

async function run(options: SteerBenchCommandOptions, context: Context): Promise<void> {
  const model = asTrained(withResidual(await loadModel(options.model), options.residual));
  checkSteerable(model, options);
  const progress = context.progress(options);
  const source = await dataOf(options, model, options.model);
  const opened = openData(source, progress.reading, orderOf(model));
  const { dataset, split } = await opened.finally(() => progress.clear());
  checkItems(model, dataset);
  const residual = residualOf(model);
  const { tags, users, minItems, threads, kernels, numerics } = options;
  const engine = openEngine({ threads, kernels, numerics });
  try {
    await engine.ready();
    const begin = Date.now();
    const asked: SteerBenchOptions = {
      tags, users, minItems, teaser: options.teaser, signal: context.signal,
      onTag: (done, all) => {
        const left = ((Date.now() - begin) / 1000 / done) * (all - done);
        progress.note(`${options.several ? "goal" : "tag"} ${done} of ${all}, about ${Math.ceil(left)} s to go`);
      },
    };
    if (options.several !== undefined) {
      const several = await steerSeveral(engine, model, split, options.several, asked);
      if (options.json) context.json({ model: options.model, residual, ...several });
      else printSeveral(context, several, residual);
      return;
    }
    const bench = await steerBench(engine, model, split, asked);
    progress.note("do calibrated knobs act as their scale says?");
    const session = openSession(model, { engine });
    const scale = await measureKnobScale(session, split.test, { users: Math.min(users, 100), signal: context.signal });
    if (options.json) context.json({ model: options.model, residual, ...bench, scale });
    else printBench(context, bench, scale, residual);
  } finally {
    engine.close();
  }
}

function printBench(context: Context, bench: SteerBench, scale: KnobScale | null, residual: Residual): void {
  context.print(
    `${bench.data}: ${bench.tags} tags, ${bench.users} test users, residual ${residual}; nothing turned: hidden ` +
    `nDCG@20 ${fraction(bench.nothing)}`,
    context.table(
      [
        left("method"), right("hidden"), right("visible"), right("frequent"), right("niche"), right("kept"),
        right("side"), right("left, hidden"), right("left, visible"), right("kept, down"),
      ],
      bench.rows.map((row) => [
        row.method, `${fraction(row.hidden)} ± ${fraction(row.se)}`, fraction(row.visible), fraction(row.frequent),
        fraction(row.niche), percent(row.kept), fraction(row.side, 4), percent(row.left), percent(row.leftVisible),
        percent(row.keptDown),
      ]),
    ),
    ...(scale ? [scaleLine(scale)] : []),
  );
}

/** Do calibrated knobs act as their scale says? */
function scaleLine({ moves, error, monotone, removals, removed, kept }: KnobScale): string {
  const up = moves > 0
    ? `share changed off by ${fraction(error)} on average, monotone at ${percent(monotone)} of ${moves} moves`
    : "no user with a tag to turn up";
  const down = removals > 0
    ? `at −1 ${percent(removed)} of a tag's items leave (${removals} lists)` +
      (Number.isNaN(kept) ? "" : `, ${percent(kept)} of the nDCG@20 kept for what is left`)
    : "no list with enough items of a tag to turn down";
  return `  calibrated knobs: ${up}; ${down}`;
}

function printSeveral(
  context: Context, { data, several, users, cases }: SteerSeveral, residual: Residual,
): void {
  context.print(`${data}: ${several} tags at once, ${users} test users, residual ${residual}`);
  for (const { which, goals, nothing, rows } of cases) {
    const down = which.endsWith("down");
    const known = (value: number, text: (value: number) => string): string => (Number.isNaN(value) ? "" : text(value));
    context.print(
      `${which}: ${goals} sets of tags; nothing turned: hidden nDCG@20 ${fraction(nothing.hidden)}, ` +
      `least ${fraction(nothing.least)}`,
      context.table(
        [
          left("method"), right("hidden"), right("least"), right("all"), right("kept"), right("side"),
          ...down ? [right("left, hidden"), right("left, visible")] : [],
        ],
        rows.map((row) => [
          row.method, `${fraction(row.hidden)} ± ${fraction(row.se)}`, fraction(row.least), known(row.all, fraction),
          percent(row.kept), fraction(row.side, 4),
          ...down ? [known(row.left, percent), known(row.leftVisible, percent)] : [],
        ]),
      ),
    );
  }
}
