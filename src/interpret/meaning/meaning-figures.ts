/** What measuring meaning comes to (measure/measure-meaning.ts), as plain numbers: for model files and reports. */

/** One kind of code, each concept told by its best single neuron. Means over concepts. */
export interface FiringFigures {
  /** Held-out firing F1, and that on the items that chose. */
  readonly f1: number;
  readonly fit: number;
  readonly precision: number;
  readonly recall: number;
  readonly auc: number;
  /** Share of concepts with F1 ≥ 0.8. */
  readonly recovered: number;
  /** Distinct neurons over concepts. */
  readonly uniqueness: number;
  /** F1 when no two concepts may share a neuron. */
  readonly oneToOne: number;
  /** Hard worlds: F1 of concepts with children, with a parent, with neither; correlation match. */
  readonly parents?: number;
  readonly children?: number;
  readonly free?: number;
  readonly correlation?: number;
}

/** On a hard world, where more of the truth is known. */
export interface WorldFigures {
  /** Mean |cosine| of planted directions and the decoder rows matched to them; of random rows. */
  readonly directions: number;
  readonly randomDirections: number;
  readonly absorption: number;
  readonly hidden: number;
  /** F1 of the union of at most five neurons, its neurons, and the share of concepts with more than one. */
  readonly union: number;
  readonly unionNeurons: number;
  readonly split: number;
  /** Test users: AUC of concepts' neurons, activation on the neurons of their own tastes, and of a stranger's. */
  readonly userAuc: number;
  readonly own: number;
  readonly stranger: number;
}

/** Of real data's tags: a name that held on the other half of the items (proven-names.ts). */
export interface ProvenFigures {
  /** Neurons with a proven name, and those that fire for any item with a tag. */
  readonly neurons: number;
  readonly alive: number;
  /** Share of a test user's activation on neurons with a proven name. */
  readonly share: number;
  /** Tags that have a proven neuron. */
  readonly tags: number;
  readonly namesPerNeuron: number;
  /**
   * What could be proven at all, by the same rule asked of a probe on the whole embedding (measure/proven-figures.ts):
   * activation on neurons called by such a tag, and such tags. Files of earlier versions do not have it.
   */
  readonly provable?: { readonly share: number; readonly tags: number };
  /** By neuron, the proven ones: name, held-out F1 and the lower end of its 95 % interval. */
  readonly names: readonly ProvenName[];
}

/** Of concepts, several neurons under one name (concepts/concepts.ts), whose names are proven by tags. */
export interface ConceptFigures {
  readonly concepts: number;
  /** Those with a proven name, and the tags that have one. */
  readonly proven: number;
  readonly tags: number;
  /** Share of a test user's activation on neurons of a proven concept. */
  readonly share: number;
  /** Held-out F1 of the best concept of each planted concept or tag, and how many different ones are best. */
  readonly f1: number;
  readonly uniqueness: number;
}

/** A neuron with a proven name. */
export interface ProvenName {
  readonly neuron: number;
  readonly name: string;
  readonly f1: number;
  readonly lower: number;
}

/** What neurons mean, in figures, with their floors (docs/method.md §15.2). */
export interface Meaning {
  readonly against: "concepts" | "tags";
  /** Items and concepts (tags) scored. */
  readonly items: number;
  readonly concepts: number;
  /** Concepts on too few items, or beyond as many tags as are scored at most (measure/measure-meaning.ts). */
  readonly leftOut: number;
  /** "SAE" first, then the controls. */
  readonly codes: Readonly<Record<string, FiringFigures>>;
  /** Held-out F1 of what no single neuron can be expected to pass. */
  readonly ceilings: Readonly<Record<string, number>>;
  /** Several neurons for one concept, with weights: held-out F1, and neurons of a set (neuron-sets.ts). */
  readonly sets: { readonly f1: number; readonly size: number };
  /** On training users. */
  readonly explained: number;
  readonly l0: number;
  readonly dead: number;
  readonly neurons: number;
  readonly world: WorldFigures | null;
  readonly proven: ProvenFigures | null;
  /** Null in files of earlier versions. */
  readonly groups: ConceptFigures | null;
}
