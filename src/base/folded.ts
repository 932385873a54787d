/** Names as they are compared, however they were typed. */

/** In lower case and without accents, for searching: "amelie" finds "Amélie". */
export function folded(text: string): string {
  return text.normalize("NFD").replace(/\p{Mark}/gu, "").toLowerCase();
}

/**
 * What two spellings of one name have in common: neither capitals, nor blanks around it, nor whether an accent is a
 * character of its own. An accent that is missing makes another name.
 */
export function nameKey(name: string): string {
  return name.trim().normalize("NFC").toLowerCase();
}
