/** Numbers as the desk's language writes them: points and groups by locale, signs and dashes as in base/numbers.ts. */
import * as plain from "../../base/numbers.js";
import { words } from "./words.js";

/** "0.327"; "0,327" in German. "–" for NaN and the infinite. */
export function fixed(value: number, digits = 3): string {
  return local(plain.fixed(value, digits));
}

/** "+0.012" */
export function signed(value: number, digits = 3): string {
  return local(plain.signed(value, digits));
}

/** "98.8 %" */
export function percent(share: number, digits = 0): string {
  return local(plain.percent(share, digits));
}

/** "12,345" */
export function whole(n: number): string {
  return n.toLocaleString(words.locale);
}

function local(text: string): string {
  return text.replace(".", decimalPoint());
}

function decimalPoint(): string {
  return (0.5).toLocaleString(words.locale)[1];
}
