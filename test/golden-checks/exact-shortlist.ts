/**
 * Exact shortlists: the 8-bit copies, the approximations and bounds for an 8-bit query, the candidates, and lists that
 * are those of all scores. The file's bounds leave out the millionth by which unknot enlarges its own.
 */
import { constant } from "../../src/autograd/index.js";
import type { Engine } from "../../src/engine/engine.js";
import { ExactShortlist, LONGEST_SHORTLISTED, quantise } from "../../src/models/exact-shortlist.js";
import type { Checker } from "./checker.js";

export function checkExactShortlist(check: Checker, engine: Engine): void {
  const { golden } = check;
  const { shape: [items, d], data } = golden.shaped("inputs.item_vectors");
  const n = golden.number("config.n");
  const rows = Array.from({ length: items }, (_, i) => quantise(data.subarray(i * d, (i + 1) * d)));
  check.compare("scale", rows.map(({ scale }) => scale), "scale");
  check.compare("q", rows.flatMap(({ q }) => [...q]), "q");
  check.compare("residual norm", rows.map(({ residual }) => residual), "rho");
  const shortlist = new ExactShortlist(engine, constant(engine, data, items, d));
  check.compare("residual norm, kept", shortlist.residual, "rho");
  (golden.value("queries") as unknown[]).forEach((_, k) => {
    const at = `queries.${k}`;
    const query = golden.array64(`${at}.query`);
    const quantised = quantise(query);
    check.compare(`${k}: query's scale`, quantised.scale, `${at}.int8_query.scale`);
    check.compare(`${k}: p`, quantised.q, `${at}.int8_query.p`);
    check.compare(`${k}: query's residual`, quantised.residual, `${at}.int8_query.residual_norm`);
    const u = constant(engine, query, 1, d);
    const { approximations, bounds } = shortlist.approximate(u.data);
    check.compare(`${k}: approximations`, approximations, `${at}.int8_query.approx`);
    check.compare(`${k}: bounds`, bounds.map((bound) => bound / (1 + 1e-6)), `${at}.int8_query.bound`);
    const seen = golden.ints(`${at}.seen`);
    const candidates = shortlist.candidates(u.data, seen, n);
    const theirs = golden.array64(`${at}.int8_query.candidates`);
    if (candidates) check.same(`${k}: candidates`, candidates, theirs);
    // No shortlist: the file has so many candidates that scoring all is quicker, or all that are left.
    else {
      const many = n > LONGEST_SHORTLISTED || theirs.length > items / 8 || theirs.length === items - seen.length;
      check.same(`${k}: a scan`, [Number(many)], [1]);
    }
    const top = shortlist.best(u, seen, n);
    const scores = Float64Array.from({ length: items }, (_, i) =>
      (seen.includes(i) ? -Infinity : query.reduce((sum, value, j) => sum + value * data[i * d + j], 0)));
    check.lists(`${k}: top ${n}`, top.items, `${at}.top`, scores, items);
    check.compareRows(`${k}: their scores`, top.scores, `${at}.top_scores_f32`);
  });
}
