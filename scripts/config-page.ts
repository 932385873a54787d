/** The tables of fields as a page for people: the text of docs/config.md. */
import { allowed, type Field, type Fields } from "../src/config/field.js";
import { presets } from "../src/config/presets.js";
import type { NamedField } from "../src/config/resolve.js";
import { TEASER } from "../src/config/teaser.js";
import { settings } from "../src/models/resolve-config.js";

/** A table that is not part of a configuration, with a heading and a sentence before it. */
interface Chapter {
  readonly title: string;
  readonly about: string;
  readonly fields: Fields;
}

const HEAD = `# Settings

Generated from the tables in \`src/config\` by \`npm run docs:config\`: change them there.

A configuration has a section for each recommender and one for the sparse autoencoder. What a preset, \`--set\`, a grid
or \`resolveConfig\` leaves out is the default. On the command line a setting is written by its path, for example
\`unknot train --set sae.k=16 --set elsa.factors=256\`. Only the section of the recommender that \`model\` names is
looked at.
`;

export function configPage(): string {
  return describeFields(settings(), presets, [{
    title: "TEASER",
    about: "A baseline, so not part of a configuration: `evaluate --baselines`, sweeps and reports train it like this.",
    fields: TEASER,
  }]);
}

/** @param fields all of a configuration, in order. @param presets what each sets otherwise, by its name. */
function describeFields(
  fields: readonly NamedField[], presets: Readonly<Record<string, object>>, chapters: readonly Chapter[],
): string {
  const groups = new Map<string, NamedField[]>();
  for (const one of fields) {
    const section = one.path.includes(".") ? one.path.slice(0, one.path.indexOf(".")) : "";
    groups.set(section, [...groups.get(section) ?? [], one]);
  }
  const parts = Array.from(groups, ([section, members]) => {
    const rows = members.map(({ path, field }) => row(path.slice(path.indexOf(".") + 1), field));
    return `## ${section === "" ? "Which recommender" : `\`${section}\``}\n\n${table(rows)}`;
  });
  const more = chapters.map(({ title, about, fields: own }) =>
    `## ${title}\n\n${about}\n\n${table(Object.entries(own).map(([name, field]) => row(name, field)))}`);
  return [HEAD, ...parts, presetsPart(fields, presets), ...more].join("\n");
}

function table(rows: readonly string[]): string {
  return `| setting | default | may be | what it is |\n|---|---|---|---|\n${rows.join("\n")}\n`;
}

function row(name: string, field: Field): string {
  const follows = field.type === "number" && field.follows;
  const fallback = follows ? `${follows.by} · ${follows.field}` : `\`${String(field.default)}\``;
  const source = field.source ? ` (${field.source})` : "";
  return `| \`${name}\` | ${fallback} | ${allowed(field)} | ${field.about.replace(/\.$/, "")}${source}. |`;
}

/** What each preset says that the tables do not. */
function presetsPart(fields: readonly NamedField[], presets: Readonly<Record<string, object>>): string {
  const lines = Object.entries(presets).map(([name, preset]) => {
    const said = fields.flatMap(({ path, field }) => {
      const value = valueAt(preset, path);
      return value === undefined || value === field.default ? [] : [`\`${path}=${String(value)}\``];
    });
    return `- \`${name}\`: ${said.length === 0 ? "every default" : said.join(", ")}`;
  });
  return `## Presets\n\n${lines.join("\n")}\n`;
}

function valueAt(preset: object, path: string): string | number | boolean | undefined {
  const at = (value: unknown, key: string): unknown => (value as Record<string, unknown> | undefined)?.[key];
  return path.split(".").reduce<unknown>(at, preset) as string | undefined;
}
