/**
 * `npm run fuzz`: cases without end, or for so many minutes, on all surfaces or some. Prints counts by surface, and of
 * each failure the seed, the way to its smallest input, and that input. Exits with 1 if there was any.
 *
 *   npm run fuzz -- --minutes 10 --seed 7 --surface tables --surface http
 *   npm run fuzz -- --surface tables --seed 123 --path 17:0:2      (a failure again)
 */
import { parseArgs } from "node:util";
import { campaign, replay, type Failure, type Tally } from "./campaign.js";
import { surfaces } from "./surfaces.js";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "5" }, seed: { type: "string", default: "1" },
    surface: { type: "string", multiple: true }, path: { type: "string" },
  },
});
const seed = numberOf("seed");
const names = surfaces.map(({ name }) => name);
for (const name of values.surface ?? []) {
  if (!names.includes(name)) stop(`there is no surface "${name}": there are ${names.join(", ")}`);
}
const chosen = values.surface ? surfaces.filter(({ name }) => values.surface!.includes(name)) : surfaces;

if (values.path !== undefined) {
  if (chosen.length !== 1) stop("--path repeats a failure of one --surface");
  report([await replay(chosen[0], seed, values.path)]);
} else {
  report(await campaign(chosen, { seed, time: 60_000 * numberOf("minutes"), onRound: progress }));
}

function numberOf(name: "minutes" | "seed"): number {
  const value = Number(values[name]);
  if (!(value >= 0)) stop(`--${name} ${values[name]}: expected a number`);
  return value;
}

function stop(why: string): never {
  process.stderr.write(`error: ${why}\n`);
  process.exit(2);
}

function progress({ surface, cases, failures }: Tally): void {
  if (process.stderr.isTTY) process.stderr.write(`\r${surface}: ${cases} cases, ${failures.length} failures     `);
}

function report(tallies: readonly Tally[]): void {
  const failures = tallies.flatMap((tally) => tally.failures);
  for (const failure of failures) process.stdout.write(told(failure));
  const row = (...cells: (string | number)[]): string =>
    `${String(cells[0]).padEnd(16)}${cells.slice(1).map((cell) => String(cell).padStart(10)).join("")}\n`;
  process.stdout.write(row("surface", "cases", "taken", "refused", "unclear"));
  for (const { surface, cases, taken, refused, failures: { length } } of tallies) {
    process.stdout.write(row(surface, cases, taken, refused, length));
  }
  const sum = (of: (tally: Tally) => number): number => tallies.reduce((total, tally) => total + of(tally), 0);
  process.stdout.write(row("all", sum((t) => t.cases), sum((t) => t.taken), sum((t) => t.refused), failures.length));
  if (failures.length > 0) process.exitCode = 1;
}

function told({ surface, seed: found, path, input, error }: Failure): string {
  return `${surface}: ${error}\n\ninput:\n${input}\n\nagain: npm run fuzz -- --surface ${surface} --seed ${found} ` +
    `--path ${path}\n\n`;
}
