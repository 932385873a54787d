/**
 * Several people's codes as one (SAGEA, RecSys 2025; docs/method.md §10). ē is the members' mean, c_n how many of them
 * have neuron n, K the SAE's.
 *
 *   average ē   square-average ē²   topk ē where it is among the K largest   max   min   common ē where c = all
 *   at-least-2 ē where c ≥ 2   wcom ē·c         then  f ← f/‖f‖ · mean‖e_m‖
 *
 * Where a rule leaves nothing (members without a common neuron), the average stands in, and the answer says so.
 */
export const fusions = [
  "average", "square-average", "topk", "max", "min", "common", "at-least-2", "wcom",
] as const;
/** A rule by which the codes of several people become one. */
export type Fusion = (typeof fusions)[number];

/** One code of several people. */
export interface FusedCode {
  /** (H) */
  readonly code: Float64Array;
  /** Whether the rule left nothing and the average stands in. */
  readonly fellBack: boolean;
}

/** The rule alone, before the length is set. @param codes (members, H), all ≥ 0. */
export function fuse(codes: readonly ArrayLike<number>[], rule: Fusion, k: number): Float64Array {
  const H = codes[0].length;
  const mean = Float64Array.from({ length: H }, (_, n) =>
    codes.reduce((sum, code) => sum + code[n], 0) / codes.length);
  const have = (n: number): number => codes.reduce((count, code) => count + (code[n] > 0 ? 1 : 0), 0);
  const bar = rule === "topk" ? Float64Array.from(mean).sort().at(-Math.min(k, H))! : 0;
  const rules: Record<Fusion, (value: number, n: number) => number> = {
    average: (value) => value,
    "square-average": (value) => value ** 2,
    topk: (value) => (value >= bar ? value : 0),
    max: (_, n) => Math.max(...codes.map((code) => code[n])),
    min: (_, n) => Math.min(...codes.map((code) => code[n])),
    common: (value, n) => (have(n) === codes.length ? value : 0),
    "at-least-2": (value, n) => (have(n) >= 2 ? value : 0),
    wcom: (value, n) => value * have(n),
  };
  return mean.map(rules[rule]);
}

/**
 * The codes of several people as one, by a rule.
 * @param unitMembers whether members are brought to unit length before the rule.
 */
export function fuseCodes(
  codes: readonly ArrayLike<number>[], rule: Fusion, k: number, unitMembers = false,
): FusedCode {
  const lengths = codes.map(lengthOf);
  const length = lengths.reduce((sum, one) => sum + one, 0) / codes.length;
  const members = unitMembers
    ? codes.map((code, m) => Float64Array.from(code, (value) => value / (lengths[m] || 1))) : codes;
  let code = fuse(members, rule, k);
  const fellBack = lengthOf(code) === 0;
  if (fellBack) code = fuse(members, "average", k);
  const size = lengthOf(code) || 1;
  return { code: code.map((value) => (value / size) * length), fellBack };
}

function lengthOf(values: ArrayLike<number>): number {
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += values[i] ** 2;
  return Math.sqrt(squares);
}
