/**
 * The settings of a whole run: which recommender, how it is trained, and the SAE in it. This is the shape; what the
 * fields may be is in the tables (elsa.ts, multvae.ts, sae.ts), checking them in resolve.ts.
 */
import type { ElsaConfig } from "./elsa.js";
import { nameOf, type Settings } from "./field.js";
import type { MULTVAE } from "./multvae.js";
import type { SaeConfig } from "./sae.js";

export const MODEL = nameOf({
  default: "elsa", about: "Which recommender is trained; the settings of the others are not looked at.",
});

/** A recommender from elsewhere adds its section by declaration merging. */
export interface Config {
  model: string;
  elsa: ElsaConfig;
  /** Of MultVAE and of MultDAE. */
  multvae: Settings<typeof MULTVAE>;
  sae: SaeConfig;
}

/** What somebody says: the rest stays as it is. */
export type PartialConfig = {
  readonly [Name in keyof Config]?: Config[Name] extends string ? Config[Name] : Partial<Config[Name]>;
};

/** A section of a configuration, whichever it is. */
export type Section = Record<string, unknown>;

/** The section of that name. */
export function sectionOf(config: PartialConfig, name: string): Section {
  return (config as Readonly<Record<string, unknown>>)[name] as Section ?? {};
}
