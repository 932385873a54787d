/** unknot recommend for several people: a list for each, or with --group one list for all of them. */
import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import { CheckedJson } from "../../base/checked-json.js";
import { fraction, percent } from "../../base/numbers.js";
import { quotable } from "../../base/printable.js";
import { UserError } from "../../base/user-error.js";
import { whyNot } from "../../files/io-error.js";
import { groupMethods, type GroupItem, type GroupList, type GroupMethod } from "../../session/groups.js";
import type { Profile } from "../../session/profile.js";
import type { RecommendedList } from "../../session/session-types.js";
import type { Session } from "../../session/session.js";
import { UsageError, type Context } from "../context.js";
import {
  datasetOf, ignoredNote, itemsIn, listRequestOf, type ListOptions, type ProfileOptions,
} from "../open-model.js";
import { asOption } from "../options.js";
import { priceLine } from "../tables/price.js";
import { estimatedNote, titled } from "../tables/titled.js";
import { right, wide } from "../tables/table.js";

/** Whose lists. */
export interface SeveralOptions extends ProfileOptions, ListOptions {
  users?: string[];
  profiles?: string;
  group?: GroupMethod | true;
  why?: string;
}

export function addSeveralOptions(command: Command): Command {
  return command
    .option("--users <id...>", "several users: a list for each")
    .option("--profiles <file>", "several profiles, one JSON value a line: a list of item ids, or " +
      "{\"items\": […], \"weights\": […], \"dislikes\": […]}")
    .option("--group [method]", "one list for all of them, by their scores (add, least-misery, …) or by their codes " +
      "(fuse-topk, …) (default: add)");
}

/** Whether the options are for several people. @throws UsageError when they are for one as well. */
export function areSeveral(options: SeveralOptions): boolean {
  const { users, profiles, group } = options;
  if (users === undefined && profiles === undefined) {
    if (group !== undefined) throw new UsageError("--group is for several people: --users ID ID …, or --profiles FILE");
    return false;
  }
  if (users && profiles !== undefined) throw new UsageError("give either --users or --profiles, not both");
  const single = (["why", "user", "likes", "titles", "dislikes", "weights"] as const)
    .find((one) => options[one] !== undefined);
  const several = users ? "--users" : "--profiles";
  if (single) throw new UsageError(`${asOption(single)} is for one person, ${several} for several`);
  return true;
}

export async function recommendToSeveral(options: SeveralOptions, session: Session, context: Context): Promise<void> {
  const { users, group } = options;
  const names = users?.map((id) => `user ${id}`);
  const profiles = users ? await itemsOfUsers(options, session, context) : await readProfiles(options.profiles!);
  const nameOf = (person: number): string => names?.[person] ?? `profile ${person + 1}`;
  if (group !== undefined) {
    const method = group === true ? "add" : group;
    if (!groupMethods.includes(method)) {
      throw new UsageError(`--group ${method as string}: expected one of ${groupMethods.join(", ")}`);
    }
    const list = session.recommendForGroup(profiles, { ...listRequestOf(options), method });
    if (options.json) context.json(list);
    else context.print(...ignoredNote(list.ignored, session), ...describeGroup(list, nameOf, options, context));
    return;
  }
  const lists = session.recommendAll(profiles, listRequestOf(options));
  if (options.json) context.json({ lists });
  else context.print(...lists.flatMap((list, i) => describeList(list, nameOf(i), options, session, context)));
}

async function itemsOfUsers(options: SeveralOptions, session: Session, context: Context): Promise<Profile[]> {
  const dataset = await datasetOf(options, session, context);
  return options.users!.map((id) => itemsIn(dataset, id, session));
}

/** @throws UserError naming the line that is no profile; what a session finds wrong with one, it says. */
async function readProfiles(file: string): Promise<Profile[]> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    throw new UserError(`${file}: ${whyNot(error)}`);
  });
  const profiles = text.split("\n").flatMap((line, i): Profile[] =>
    (line.trim() === "" ? [] : [CheckedJson.parse(line, `${quotable(file, 200)}, line ${i + 1}`).raw as Profile]));
  if (profiles.length === 0) throw new UserError(`${file}: no profile in it: one a line, for example ["1214", "541"]`);
  return profiles;
}

function describeList(
  { items, ignored, popular, balance }: RecommendedList, name: string, { offset = 0 }: ListOptions, session: Session,
  context: Context,
): string[] {
  return [
    ...ignoredNote(ignored, session),
    `${name}${popular ? ": the popular items, with their training users" : ""}\n${context.table(
      [right(""), wide("item"), right("score")],
      items.map((one, i) => [String(i + 1 + offset), titled(one), popular ? String(one.score) : fraction(one.score)]),
    )}`,
    ...(balance ? [priceLine(balance)] : []),
    ...estimatedNote(items),
  ];
}

function describeGroup(
  { items, popular, method, fellBack, people, balance }: GroupList, nameOf: (person: number) => string,
  { offset = 0 }: ListOptions, context: Context,
): string[] {
  const shown = people.flatMap(({ kept }, person) => (kept === null ? [] : [person]));
  const place = ({ people: parts }: GroupItem, person: number): string => {
    const part = parts.find((one) => one.person === person);
    return part ? `${percent(part.share)} (${part.place})` : "";
  };
  return [
    popular ? "for nobody in particular: the popular items" : `for ${people.length} people, by ${method}`,
    ...(fellBack ? ["their codes have nothing in common by this rule: the average stands in"] : []),
    context.table(
      [right(""), wide("item"), right("score"), ...shown.map((person) => right(nameOf(person)))],
      items.map((one, i) => [
        String(i + 1 + offset), titled(one), fraction(one.score), ...shown.map((person) => place(one, person)),
      ]),
    ),
    ...(shown.length === 0 ? [] : [
      ["of an item's score, the share of each, and its place in the list of each alone", ...shown.map((person) =>
        `  ${nameOf(person)} gets ${percent(people[person].kept!)} of what a list of their own would give, with ` +
        `${Math.round(people[person].overlap! * items.length)} of its ${items.length} items`)].join("\n"),
    ]),
    ...(balance ? [priceLine(balance)] : []),
    ...estimatedNote(items),
  ];
}
