/** "Did you mean …?": the known names nearest to one that does not exist. */

/** A longer text is no misspelt name, and comparing it with a catalogue takes seconds. */
const LONGEST = 200;

/** Up to n names that contain the text, or differ from it by few edits; nearest first. */
export function closest(text: string, names: readonly string[], n = 3): string[] {
  if (text.length > LONGEST) return [];
  const wanted = text.toLowerCase();
  const allowed = Math.max(1, Math.floor(wanted.length * 0.4));
  return names
    .map((name) => {
      const lower = name.toLowerCase();
      const within = wanted.length >= 3 && lower.includes(wanted);
      // As many edits are needed at least as one is longer than the other.
      const near = Math.abs(lower.length - wanted.length) <= allowed;
      return { name, distance: within ? 0.5 : near ? editDistance(wanted, lower) : Infinity };
    })
    .filter(({ distance }) => distance <= allowed)
    .sort((a, b) => a.distance - b.distance || a.name.length - b.name.length || (a.name < b.name ? -1 : 1))
    .slice(0, n)
    .map(({ name }) => name);
}

/** ", did you mean a, b or c?" or nothing. */
export function suggestion(text: string, names: readonly string[]): string {
  const found = closest(text, names).map((name) => `"${name}"`);
  if (found.length === 0) return "";
  const last = found.pop()!;
  return `, did you mean ${found.length > 0 ? `${found.join(", ")} or ` : ""}${last}?`;
}

/** Damerau–Levenshtein (neighbouring letters may be swapped), one row at a time. */
export function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      let best = Math.min(previous[j] + 1, row[j - 1] + 1, previous[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, before[j - 2] + 1);
      row.push(best);
    }
    before = previous;
    previous = row;
  }
  return previous[b.length];
}
