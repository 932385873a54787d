/** Figures as a person would say them. Pure. */

const SHARES: readonly [least: number, words: string][] = [
  [0.985, "all"], [0.82, "nearly all"], [0.7, "about three quarters"], [0.58, "about two thirds"], [0.42, "about half"],
  [0.29, "about a third"], [0.17, "about a quarter"], [0.05, "little"],
];

/** "about half", for a share of 1; "next to nothing" below a twentieth. */
export function shareInWords(share: number): string {
  return SHARES.find(([least]) => share >= least)?.[1] ?? "next to nothing";
}

/** "1st", "22nd", "113th" */
export function ordinal(n: number): string {
  const teen = n % 100 >= 11 && n % 100 <= 13;
  return `${n}${teen ? "th" : ["th", "st", "nd", "rd"][n % 10] ?? "th"}`;
}

/** "a", "a and b", "a, b and c" */
export function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
