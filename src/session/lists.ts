/**
 * Lists of a profile: the best items, no knob turned (steering.ts turns them). With a filter the ranking looks at the
 * allowed items alone and, where the decoder can, they alone are scored.
 */
import type { Floats } from "../base/floats.js";
import { orError, UserError } from "../base/user-error.js";
import { Balancing } from "./balance.js";
import { listable, type Choice, type ListRequest } from "./list-request.js";
import { nothingKnown, type Profile, type ProfileRow, type ReadProfile } from "./profile.js";
import { scoreTogether } from "./scores/score-together.js";
import type { ListedItem, RecommendedList } from "./session-types.js";
import type { Workings } from "./workings.js";

export class Lists {
  readonly balancing: Balancing;

  constructor(private readonly workings: Workings) {
    this.balancing = new Balancing(workings);
  }

  /** A profile's list, or the popular items where nothing of it is known. @throws UserError where that is refused */
  forProfile(read: ReadProfile, choice: Choice): RecommendedList {
    const { row, ignored } = read;
    const nobody = row.items.length === 0 && row.disliked.length === 0;
    if (nobody && choice.refuseEmpty) throw new UserError(nothingKnown(ignored));
    const wide = this.balancing.widened(choice);
    return {
      ...this.balancing.cut(nobody ? this.popular(row, wide) : this.recommend(row, wide), row, choice),
      ignored: ignoredOf(read, choice), popular: nobody,
    };
  }

  /** Lists for several who ask at once, in their order; an error in the place of one that cannot be made. */
  each(asked: readonly ListQuestion[]): (RecommendedList | UserError)[] {
    const read = asked.map(({ profile, request = 10 }) =>
      orError(() => ({ read: this.workings.read(profile), choice: this.workings.choice(request) })));
    const lists = this.together(read.filter((one): one is ReadQuestion => !(one instanceof UserError)));
    let next = 0;
    return read.map((one) => (one instanceof UserError ? one : lists[next++]));
  }

  /**
   * As `forProfile`, for several who ask at once: those whose list is a scan of all scores are scored together. What
   * one of them cannot have stands as an error in its place.
   */
  together(asked: readonly ReadQuestion[]): (RecommendedList | UserError)[] {
    const { scores, listed } = this.workings;
    const answers: (RecommendedList | UserError)[] = [];
    const shared: number[] = [];
    asked.forEach(({ read, choice }, at) => {
      if (this.isScan(read, choice)) shared.push(at);
      else answers[at] = orError(() => this.forProfile(read, choice));
    });
    const { engine, cfae } = this.workings;
    scoreTogether(engine, cfae, shared.map((at) => asked[at].read.row), (row, all, i) => {
      const { read, choice } = asked[shared[i]];
      answers[shared[i]] = orError(() => {
        const wide = this.balancing.widened(choice);
        const best = scores.best(all, wide.n + wide.offset, row);
        const items = best.items.slice(wide.offset).map((item, j) => listed(item, best.scores[wide.offset + j]));
        return { ...this.balancing.cut(items, row, choice), ignored: ignoredOf(read, choice), popular: false };
      });
    });
    return answers;
  }

  private isScan({ row }: ReadProfile, { allowed, keepSeen }: Choice): boolean {
    return row.sorted.length > 0 && !allowed && !keepSeen && this.workings.scores.isScanned(row);
  }

  recommend(row: ProfileRow, choice: Choice): ListedItem[] {
    const { scores, listed } = this.workings;
    const among = this.among(row, choice);
    const wanted = choice.n + choice.offset;
    const short = !among && scores.shortlisted(row, wanted);
    if (short) {
      return Array.from(short.items, (item, at) => listed(item, short.scores[at])).slice(choice.offset);
    }
    const found = among ? scores.bestAmong(row, among, wanted, []) : scores.bestUnsteered(row, wanted);
    if (!found) return this.ranked(scores.unsteered(row), row, among, choice);
    return found.items.slice(choice.offset).map((item, i) => listed(item, found.scores[choice.offset + i]));
  }

  /** The items with the most training users; score is their number. */
  private popular(row: ProfileRow, choice: Choice): ListedItem[] {
    const { model: { items: { users } } } = this.workings;
    if (!users) throw new UserError("the profile is empty, and this model does not know how popular its items are");
    return this.ranked(Float32Array.from(users), row, this.among(row, choice), choice);
  }

  /** Ascending; null for all but the profile's own. */
  among(row: ProfileRow, choice: Choice): Int32Array | null {
    const { items } = this.workings.cfae;
    const all = choice.keepSeen && !choice.allowed ? Int32Array.from({ length: items }, (_, i) => i) : choice.allowed;
    return listable({ ...choice, allowed: all }, row);
  }

  private ranked(
    scores: Floats, row: ProfileRow, among: Int32Array | null, { n, offset }: Choice,
  ): ListedItem[] {
    const { items, scores: found } = this.workings.scores.best(scores, n + offset, row, among);
    return items.slice(offset).map((item, i) => this.workings.listed(item, found[offset + i]));
  }
}

/** Whose list is wanted, and which. */
export interface ListQuestion {
  readonly profile: Profile;
  /** Default: the 10 best. */
  readonly request?: number | ListRequest;
}

interface ReadQuestion {
  readonly read: ReadProfile;
  readonly choice: Choice;
}

function ignoredOf({ ignored }: ReadProfile, choice: Choice): readonly string[] {
  return choice.ignored.length === 0 ? ignored : [...ignored, ...choice.ignored];
}
