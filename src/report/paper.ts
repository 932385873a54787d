/**
 * The curves that the paper published, to be drawn behind a model's own on the paper's data sets: nDCG@20 of its test
 * users, three decimals. Source: the tables behind Fig. 2 and Fig. 5 of M. Spišák et al., "From Knots to Knobs", arXiv
 * 2601.11182 (2026), in the authors' public repository. Other figures of theirs (other widths, recall) are left out,
 * and so are runs that collapsed to less than one active neuron.
 */
import type { ReferencePoint } from "./reference.js";

/** A line of the paper's Fig. 2: H = 4·D, a point each k (TopK) or l1 (Basic). */
export interface PaperLine {
  readonly kind: "topk" | "basic";
  readonly loss: "l2" | "cosine";
  readonly points: readonly { readonly l0: number; readonly cosine: number; readonly kept: number }[];
}

/** What the paper published for the data set. */
export interface PaperFigures {
  /** As the paper calls the data set. */
  readonly name: string;
  readonly steering: readonly ReferencePoint[];
  readonly reconstruction: readonly PaperLine[];
}

/**
 * What the paper shows of this data set and this recommender; null for any other. The name alone does not make a data
 * set the paper's: a sample that is called ml-25m has fewer users.
 * @param dataset the data set's name, that of its folder or file; @param users after filtering.
 */
export function paperFigures(dataset: string, users: number, model: string): PaperFigures | null {
  const found = PUBLISHED.find(({ names }) => names.test(dataset) && users >= LEAST_USERS);
  if (!found) return null;
  return {
    name: found.name,
    steering: found.steering.filter(([backbone]) => backbone === model || backbone === "any")
      .flatMap(([, mapping, neurons, personal, segment]) => personal.map((value, i) => ({
        sae: `the paper’s curves on ${found.name}`, mapping, neurons,
        strength: i / 10, personal: value, segment: segment[i],
      }))),
    reconstruction: found.reconstruction.filter(([backbone]) => backbone === model)
      .map(([, kind, loss, points]) => (
        { kind, loss, points: points.map(([l0, cosine, kept]) => ({ l0, cosine, kept })) })),
  };
}

/** The paper's data sets have at least 160,000 users after filtering. */
const LEAST_USERS = 100_000;

/**
 * Backbone or "any", mapping, neurons (1 where the source names no number), personal and segment nDCG@20 at α = 0,
 * .1 … .5.
 */
type SteeringRow = readonly [
  backbone: string, mapping: ReferencePoint["mapping"], neurons: number,
  personal: readonly number[], segment: readonly number[],
];

/**
 * ELSA-1024 with H = 4,096, MultVAE-512 with H = 2,048; points are L0, cosine and nDCG@20 over that without the SAE.
 */
type ReconstructionRow = readonly [
  backbone: string, kind: PaperLine["kind"], loss: PaperLine["loss"],
  points: readonly (readonly [l0: number, cosine: number, kept: number])[],
];

interface Published {
  readonly name: string;
  readonly names: RegExp;
  readonly steering: readonly SteeringRow[];
  readonly reconstruction: readonly ReconstructionRow[];
}

const PUBLISHED: readonly Published[] = [
  {
    name: "ML-25M",
    names: /^(ml|movielens)-?25m$/i,
    steering: [
      ["elsa", "characterises", 1, [.328, .330, .289, .237, .189, .149], [.122, .193, .283, .321, .336, .341]],
      ["elsa", "characterises", 5, [.328, .338, .336, .312, .272, .226], [.122, .156, .229, .331, .425, .485]],
      ["elsa", "characterises", 10, [.328, .338, .341, .330, .301, .261], [.122, .150, .202, .283, .378, .464]],
      ["elsa", "unique", 1, [.328, .328, .306, .250, .178, .114], [.122, .138, .163, .176, .181, .179]],
      ["multvae", "characterises", 1, [.228, .230, .202, .107, .058, .045], [.076, .078, .076, .062, .052, .049]],
      ["multvae", "unique", 1, [.228, .236, .209, .167, .124, .090], [.076, .116, .206, .256, .279, .286]],
      ["any", "teaser", 0, [.183, .223, .235, .234, .228, .223], [.105, .375, .609, .750, .835, .888]],
    ],
    reconstruction: [
      ["elsa", "topk", "l2",
        [[8, .797, .868], [16, .857, .911], [32, .901, .939], [64, .921, .961]]],
      ["elsa", "topk", "cosine",
        [[8, .816, .905], [16, .876, .935], [31.9, .917, .963], [62.1, .942, .982]]],
      ["elsa", "basic", "l2",
        [[15.1, .756, .889], [43.6, .828, .929], [406, .813, .915]]],
      ["multvae", "topk", "l2",
        [[8, .782, .636], [16, .837, .670], [32, .885, .694], [63.9, .920, .712]]],
      ["multvae", "topk", "cosine",
        [[8, .790, .785], [16, .846, .682], [32, .895, .591], [64, .937, .532]]],
      ["multvae", "basic", "l2",
        [[5.07, .537, .638], [28.5, .833, .709], [112, .923, .727], [359, .970, .722]]],
    ],
  },
  {
    name: "MSD",
    names: /^(msd|(msd-)?taste-?profile|train_triplets(\.txt)?)$/i,
    steering: [
      ["elsa", "characterises", 1, [.255, .249, .174, .095, .051, .029], [.063, .099, .364, .495, .534, .546]],
      ["elsa", "characterises", 5, [.255, .255, .253, .235, .189, .122], [.063, .064, .080, .172, .341, .510]],
      ["elsa", "characterises", 10, [.255, .256, .256, .251, .231, .187], [.063, .064, .067, .094, .190, .348]],
      ["elsa", "unique", 1, [.255, .251, .202, .151, .117, .093], [.063, .081, .220, .280, .298, .308]],
      ["multvae", "characterises", 1, [.182, .175, .146, .117, .094, .068], [.050, .049, .043, .038, .034, .032]],
      ["multvae", "unique", 1, [.182, .183, .140, .074, .036, .015], [.050, .058, .175, .299, .348, .370]],
      ["any", "teaser", 0, [.174, .178, .181, .185, .188, .190], [.101, .125, .155, .191, .231, .275]],
    ],
    reconstruction: [
      ["elsa", "topk", "l2",
        [[7.99, .822, .903], [15.9, .873, .940], [31.1, .900, .949], [58.1, .916, .958]]],
      ["elsa", "topk", "cosine",
        [[8, .851, .935], [16, .907, .965], [32, .936, .978], [63.8, .951, .980]]],
      ["elsa", "basic", "l2",
        [[7.28, .747, .822], [39.4, .893, .941], [130, .930, .963]]],
      ["multvae", "topk", "l2",
        [[8, .814, .659], [16, .869, .737], [32, .901, .755], [64, .927, .764]]],
      ["multvae", "topk", "cosine",
        [[8, .826, .312], [16, .873, .206], [32, .908, .196], [64, .940, .187]]],
      ["multvae", "basic", "l2",
        [[16.9, .841, .750], [87.5, .916, .759], [384, .975, .789]]],
    ],
  },
];
