/**
 * More like this: the items most like an item, the people most like a person. Alike is who points the same way, by
 * cosine (interpret/cosines.ts), and there are two things that point:
 *
 *   vector   what the recommender learnt: A_i of an item, u of a person
 *   code     what the SAE makes of it: S_i of an item encoded alone, e of a person; the cosine is a sum over neurons
 *
 * Either way the reason is what both codes share: each neuron's, and each concept's, part in the cosine of the codes.
 * By code that is the score itself taken apart; by vector it is what the neurons know of a likeness found without them.
 */
import type { Csr } from "../base/csr.js";
import { UserError } from "../base/user-error.js";
import type { Dataset } from "../data/dataset.js";
import type { Engine } from "../engine/engine.js";
import { CodeCosines, DenseCosines, type SharedNeuron } from "../interpret/cosines.js";
import { itemVectorsOf, cfaeTitle } from "../model-folder/open-model.js";
import { codesOf, embedAll } from "../models/encode-all.js";
import { readListRequest, type ListRequest } from "./list-request.js";
import { rowsAsCsr, type ProfileRow } from "./profile.js";
import type { ListedItem, NamedNeuron } from "./session-types.js";
import type { Workings } from "./workings.js";

/** What is compared: what the recommender learnt, or what the SAE makes of it. */
export type Likeness = "vector" | "code";
export const likenesses = ["vector", "code"] as const satisfies readonly Likeness[];

/** Which neighbours of an item are wanted; filters as for any list. */
export interface SimilarItemsRequest extends Pick<ListRequest, "n" | "offset" | "only" | "except" | "minUsers"> {
  /** Default "vector" where the model has item vectors, else "code". */
  readonly by?: Likeness;
}

/** Which neighbours of a person are wanted. */
export interface SimilarUsersRequest {
  /** Default 10. */
  readonly n?: number;
  readonly offset?: number;
  /** Ids of users who are left out: the person, where it is one of them. */
  readonly except?: readonly string[];
  /** Default "vector": every model has embeddings of people. */
  readonly by?: Likeness;
}

/** What two codes have in common. */
export interface SharedMeaning {
  /** Neurons, largest share of the codes' cosine first; shares add up to 1. Empty where the codes share none. */
  readonly shared: readonly (NamedNeuron & { readonly share: number })[];
  /** The same by concept. */
  readonly concepts: readonly { readonly concept: string | null; readonly proven: boolean; readonly share: number }[];
}

/** An item like another; its score is the cosine. */
export type SimilarItem = ListedItem & SharedMeaning;

/** The items most like one. */
export interface SimilarItems {
  readonly by: Likeness;
  /** Most alike first. */
  readonly items: readonly SimilarItem[];
  /** Ids in filters that the model does not have. */
  readonly ignored: readonly string[];
}

/** A user like a person. */
export interface SimilarUser extends SharedMeaning {
  readonly user: string;
  /** The cosine. */
  readonly score: number;
  /** Items of the user that the model knows, and how many of them the person has too. */
  readonly items: number;
  readonly common: number;
}

/** The users most like a person. */
export interface SimilarUsers {
  readonly by: Likeness;
  /** Most alike first. */
  readonly users: readonly SimilarUser[];
  /** Ids of the profile that the model does not have. */
  readonly ignored: readonly string[];
}

/** Who is known: a data set, or the part of one that says who has what. */
export type UserHistories = Pick<Dataset, "userIds" | "itemIds" | "interactions">;

/** A data set's users in the model's items, with what has been worked out of them. */
interface KnownUsers {
  /** (U, I), in the model's item numbers. */
  readonly x: Csr;
  readonly vectors: DenseCosines;
  /** Worked out when first needed. */
  codes: CodeCosines | null;
}

export class Neighbours {
  private itemVectors: DenseCosines | null = null;
  private itemCodes: CodeCosines | null = null;
  private readonly known = new WeakMap<UserHistories, KnownUsers>();

  constructor(private readonly workings: Workings) {}

  /** See `Session.similarItems`. @param j the item. */
  items(j: number, { by, ...request }: SimilarItemsRequest): SimilarItems {
    const { model, catalogue, engine } = this.workings;
    const { allowed, n, offset, ignored } = readListRequest(model, catalogue, request);
    const how = by === undefined ? this.usualLikeness : checked(by);
    const codes = this.codesOfItems;
    const code = codes.row(j);
    const vectors = how === "vector" ? this.vectorsOfItems : null;
    const cosines = leaveOut(vectors ? vectors.with(vectors.row(j)) : codes.with(code), [j], allowed);
    return {
      by: how, ignored,
      items: bestOf(engine, cosines, n + offset).slice(offset).map((item) => ({
        ...catalogue.listed(item, cosines[item]), ...this.meaning(codes.shared(code, item)),
      })),
    };
  }

  /** See `Session.similarUsers`. */
  users(row: ProfileRow, histories: UserHistories, request: SimilarUsersRequest): Omit<SimilarUsers, "ignored"> {
    const { except = [], by = "vector" } = request;
    const { engine, cfae, sae, model, catalogue } = this.workings;
    const { n, offset } = readListRequest(model, catalogue, { n: request.n, offset: request.offset });
    checked(by);
    const users = this.usersOf(histories);
    const u = embedAll(engine, cfae, rowsAsCsr([row], cfae.items));
    const own = codesOf(engine, sae, u);
    const code = { neurons: own.indices, activations: own.values! };
    const codes = users.codes ??= new CodeCosines(codesOf(engine, sae, {
      data: users.vectors.data as Float32Array, rows: users.x.rows, cols: cfae.factors,
    }));
    const out = new Set(except);
    const { userIds } = histories;
    const cosines = leaveOut(by === "vector" ? users.vectors.with(u.data) : codes.with(code),
      userIds.flatMap((id, r) => (out.has(id) || users.x.indptr[r] === users.x.indptr[r + 1] ? [r] : [])), null);
    const mine = new Set(row.items);
    return {
      by,
      users: bestOf(engine, cosines, n + offset).slice(offset).map((r) => {
        const items = users.x.indices.subarray(users.x.indptr[r], users.x.indptr[r + 1]);
        return {
          user: userIds[r], score: cosines[r], items: items.length,
          common: items.reduce((sum, item) => sum + (mine.has(item) ? 1 : 0), 0),
          ...this.meaning(codes.shared(code, r)),
        };
      }),
    };
  }

  private get usualLikeness(): Likeness {
    return this.workings.linear ? "vector" : "code";
  }

  private get vectorsOfItems(): DenseCosines {
    if (this.itemVectors) return this.itemVectors;
    const { model, linear } = this.workings;
    if (!linear) {
      throw new UserError(`${cfaeTitle(model.config)} has no item vectors to compare: by "code" its items can be ` +
        "compared");
    }
    const { shape: [items, D], data } = itemVectorsOf(model);
    return this.itemVectors = new DenseCosines(data, items, D);
  }

  private get codesOfItems(): CodeCosines {
    return this.itemCodes ??= new CodeCosines(this.workings.itemCodes);
  }

  private usersOf(histories: UserHistories): KnownUsers {
    let users = this.known.get(histories);
    if (!users) {
      const { engine, cfae, catalogue } = this.workings;
      const x = inModelItems(histories, (id) => catalogue.byId(id), cfae.items);
      const { data } = embedAll(engine, cfae, x);
      users = { x, vectors: new DenseCosines(data, x.rows, cfae.factors), codes: null };
      this.known.set(histories, users);
    }
    return users;
  }

  private meaning(shared: readonly SharedNeuron[]): SharedMeaning {
    const { concepts } = this.workings;
    return {
      shared: shared.map(({ neuron, share }) => ({ ...this.workings.named(neuron), share })),
      concepts: concepts.parts(shared.map(({ neuron, share }) => ({ neuron, activation: 0, contribution: share })))
        .map(({ concept, proven, contribution }) => ({ concept, proven, share: contribution })),
    };
  }
}

function checked(by: Likeness): Likeness {
  if (likenesses.includes(by)) return by;
  throw new UserError(`by must be one of ${likenesses.join(", ")}, got ${by as string}`);
}

/** The cosines with −∞ where a list must not look, in place. @param allowed ascending; null for all. */
function leaveOut(cosines: Float32Array, out: readonly number[], allowed: Int32Array | null): Float32Array {
  for (const one of out) cosines[one] = -Infinity;
  if (!allowed) return cosines;
  const few = new Float32Array(cosines.length).fill(-Infinity);
  for (const one of allowed) few[one] = cosines[one];
  return few;
}

/** The n largest, best first, equal ones by number; what is at −∞ is left out. */
function bestOf(engine: Engine, cosines: Float32Array, n: number): number[] {
  return engine.scope(() => {
    const length = Math.min(n, cosines.length);
    const [list, found] = [engine.ints(length), engine.floats(length)];
    engine.run("rankRows", list, found, engine.floatsFrom(cosines), cosines.length, length);
    return Array.from(list).filter((one) => one >= 0);
  });
}

/** A data set's rows in the model's item numbers, without what the model does not know. */
function inModelItems(
  { itemIds, interactions: { rows, indptr, indices } }: UserHistories, byId: (id: string) => number | undefined,
  cols: number,
): Csr {
  const numberOf = Int32Array.from(itemIds, (id) => byId(id) ?? -1);
  const starts = new Int32Array(rows + 1);
  const all = new Int32Array(indptr[rows]);
  for (let r = 0; r < rows; r++) {
    const known = indices.subarray(indptr[r], indptr[r + 1]).map((item) => numberOf[item]).filter((item) => item >= 0);
    all.set(known.sort(), starts[r]);
    starts[r + 1] = starts[r] + known.length;
  }
  return { rows, cols, indptr: starts, indices: all.slice(0, starts[rows]), values: null };
}
