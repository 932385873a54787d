/** unknot similar: items like an item, or people like a person, and what both share. */
import { Option, type Command } from "commander";
import { fraction, percent } from "../../base/numbers.js";
import { likenesses, type Likeness, type SharedMeaning } from "../../session/neighbours.js";
import type { Profile } from "../../session/profile.js";
import type { Session } from "../../session/session.js";
import { UsageError, type Context } from "../context.js";
import {
  addFilterOptions, addProfileOptions, datasetOf, ignoredNote, itemsIn, listRequestOf, profileOf, withSession,
  type ListOptions, type ProfileOptions,
} from "../open-model.js";
import {
  addDataOptions, addMachineOptions, addModelOption, addOutputOptions, asOption, number,
} from "../options.js";
import { right, wide } from "../tables/table.js";
import { estimatedNote, shortName, titled } from "../tables/titled.js";

interface SimilarOptions extends ProfileOptions, ListOptions {
  item?: string;
  title?: string;
  by?: Likeness;
}

export function addSimilar(command: Command, context: Context): void {
  addModelOption(command)
    .option("--item <id>", "the item that others are compared with")
    .option("--title <title>", "the same by its title, or a part of it that only one has");
  addProfileOptions(command)
    .addOption(new Option("--by <what>", "what is compared: the recommender's vectors, or the codes of the SAE " +
      "(default: vector where the model has item vectors)").choices(likenesses))
    .option("-n, --count <n>", "how many", number(1), 10);
  addFilterOptions(command);
  addDataOptions(command);
  addMachineOptions(command);
  addOutputOptions(command)
    .addHelpText("after", `
With --item or --title items are compared; with --user, --likes or --titles a person with the users of the data set.

Examples:
  unknot similar --model small-model --item 1214
  unknot similar --model small-model --title "Alien (1979)" --by code -n 5
  unknot similar --model small-model --item 1214 --only-tags comedy --min-users 50
  unknot similar --model small-model --user 414
  unknot similar --model small-model --likes 1214 541 --data ml-latest-small`)
    .action((options: SimilarOptions) => withSession(options, (session) => similar(options, session, context)));
}

async function similar(options: SimilarOptions, session: Session, context: Context): Promise<void> {
  const { item, title } = options;
  const person = options.user ?? options.likes ?? options.titles;
  if ([item, title, person].filter((what) => what !== undefined).length !== 1) {
    throw new UsageError("say what to compare: --item ID or --title TITLE, or a person by --user ID, --likes ID ID …");
  }
  if (person !== undefined) return similarUsers(options, session, context);
  similarItems(item ?? session.idsByTitle([title!])[0], options, session, context);
}

function similarItems(id: string, options: SimilarOptions, session: Session, context: Context): void {
  const { n, offset, only, except, minUsers } = listRequestOf(options);
  const found = session.similarItems(id, { n, offset, only, except, minUsers, by: options.by });
  if (options.json) {
    context.json(found);
    return;
  }
  const { titles } = session.model.items;
  context.print(
    ...ignoredNote(found.ignored, session),
    `like ${titles[session.findItem(id)]}, ${how(found.by)}`,
    context.table(
      [right(""), wide("item"), right("cosine"), wide("both have")],
      found.items.map((one, i) => [String(i + 1 + (offset ?? 0)), titled(one), fraction(one.score), reasons(one)]),
    ),
    ...estimatedNote(found.items),
  );
}

async function similarUsers(options: SimilarOptions, session: Session, context: Context): Promise<void> {
  const unused = ([
    "onlyItems", "onlyTags", "exceptItems", "exceptTags", "minUsers",
  ] as const).find((name) => options[name] !== undefined);
  if (unused !== undefined) {
    throw new UsageError(`${asOption(unused)} filters items: people have none`);
  }
  const { user, offset, by } = options;
  const dataset = await datasetOf(options, session, context);
  const profile: Profile = user === undefined
    ? await profileOf(options, session, context)
    : { items: itemsIn(dataset, user, session), dislikes: options.dislikes };
  const found = session.similarUsers(profile, dataset, {
    n: options.count, offset, by, except: user === undefined ? [] : [user],
  });
  if (options.json) {
    context.json(found);
    return;
  }
  context.print(
    ...ignoredNote(found.ignored, session),
    `users of ${dataset.name} like ${user === undefined ? "this person" : `user ${user}`}, ${how(found.by)}`,
    context.table(
      [right(""), wide("user"), right("cosine"), right("items"), right("common"), wide("both have")],
      found.users.map((one, i) => [
        String(i + 1 + (offset ?? 0)), one.user, fraction(one.score), String(one.items), String(one.common),
        reasons(one),
      ]),
    ),
  );
}

function how(by: Likeness): string {
  return by === "vector" ? "by the recommender's vectors" : "by their codes";
}

/** The two concepts with the largest shares. */
function reasons({ concepts }: SharedMeaning): string {
  return concepts.slice(0, 2).map(({ concept, share }) => `${shortName(concept)} ${percent(share)}`).join("; ");
}
