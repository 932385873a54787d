/** One user at a time, in a process that has nothing but the model: how a service would be asked. */
import { Tape } from "../../src/autograd/index.js";
import { csrFromLists } from "../../src/base/csr.js";
import { openEngine } from "../../src/engine/open.js";
import type { RankedItems } from "../../src/models/recommenders/recommender.js";
import { openModel, type Kind } from "./models.js";
import { timed, type Report } from "./record.js";
import type { Scale } from "./settings.js";
import { readProfiles } from "./world.js";

const WARM = 20;
const LENGTH = 20;

export async function ask(scale: Scale, kind: Kind): Promise<Report> {
  const profiles = await readProfiles(scale);
  const engine = openEngine({ threads: scale.threads });
  await engine.ready();
  const model = await openModel(engine, scale, kind);
  const scan = (profile: number[]): RankedItems => model.recommend(profile, LENGTH);
  await engine.ready();
  const report = [`full scan: ${await times(profiles, scan)}`];
  const { result: shortlist, wall, processor } = timed(() => model.shortlist?.());
  if (shortlist) {
    report.push(`shortlist made in ${wall.toFixed(1)} s (processor ${processor.toFixed(1)} s)`);
    const short = (profile: number[]): RankedItems | null => engine.scope(() => {
      const tape = new Tape(engine, false);
      const u = model.encode(tape, tape.sparseInput(csrFromLists([profile], model.items)));
      return shortlist.best(u, profile, LENGTH);
    });
    for (const profile of profiles.slice(0, WARM)) {
      const [a, b] = [scan(profile), short(profile)];
      if (b && a.items.join() !== b.items.join()) throw new Error("the lists differ");
    }
    // Helper threads that have had nothing to do for long, as while the shortlist was made, rest until asked again.
    await engine.ready();
    report.push(`exact shortlist: ${await times(profiles, short)}`);
  }
  engine.close();
  return report;
}

/** Median, and what nineteen of twenty keep below. The processor's: of all threads, with collecting garbage. */
async function times(profiles: readonly number[][], work: (profile: number[]) => unknown): Promise<string> {
  for (const profile of profiles.slice(0, WARM)) work(profile);
  const each: { wall: number; processor: number }[] = [];
  for (const profile of profiles) {
    each.push(timed(() => work(profile)));
    // A service takes a turn between two requests, too.
    await new Promise((resolve) => { setImmediate(resolve); });
  }
  const at = (name: "wall" | "processor", share: number): string =>
    (1000 * each.map((one) => one[name]).sort((a, b) => a - b)[Math.floor(share * each.length)]).toFixed(1);
  return `one user ${at("wall", 0.5)} ms, 95 % below ${at("wall", 0.95)} (processor ${at("processor", 0.5)} ms)`;
}
