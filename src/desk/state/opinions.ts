/**
 * What a person thinks of single items, beside liking them: "less like this" counts against what is like it, "never
 * show" hides one title and says nothing of the taste. Pure; with it what the session is asked.
 */
import type { ListRequest } from "../../session/list-request.js";
import type { Profile } from "../../session/profile.js";
import { addItem, removeItem, without, type Mix } from "./state.js";

export function dislike(mix: Mix, id: string): Mix {
  if (mix.disliked.includes(id)) return mix;
  return { ...removeItem(mix, id), disliked: [...mix.disliked, id], never: without(mix.never, id) };
}

export function neverShow(mix: Mix, id: string): Mix {
  if (mix.never.includes(id)) return mix;
  return { ...removeItem(mix, id), disliked: without(mix.disliked, id), never: [...mix.never, id] };
}

/** Neither is held against it any more. */
export function forgive(mix: Mix, id: string): Mix {
  return { ...mix, disliked: without(mix.disliked, id), never: without(mix.never, id) };
}

export function forgiveAll(mix: Mix): Mix {
  return { ...mix, disliked: [], never: [] };
}

/** What a person may say of a title of the list, and how it is taken back. */
export const opinionOf = {
  more: { change: addItem, back: removeItem },
  less: { change: dislike, back: forgive },
  never: { change: neverShow, back: forgive },
} as const;
export type Opinion = keyof typeof opinionOf;

/** Another taste: what is liked now is no longer held against. */
export function takeTaste(mix: Mix, items: readonly string[]): Mix {
  const liked = new Set(items);
  const others = (ids: readonly string[]): string[] => ids.filter((id) => !liked.has(id));
  return { ...mix, profile: items, disliked: others(mix.disliked), never: others(mix.never) };
}

/** Whose list the session is asked for. */
export function tasteOf({ profile, disliked }: Mix): Profile {
  return disliked.length === 0 ? profile : { items: profile, dislikes: disliked };
}

/** Which list: so long, and without what is never shown. */
export function listOf({ never }: Mix, n: number): number | ListRequest {
  return never.length === 0 ? n : { n, except: { ids: never } };
}
