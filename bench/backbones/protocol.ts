/** Who is trained on and who is asked: unknot's own split, or the one behind the published figures of sparse ELSA. */
import type { Csr } from "../../src/base/csr.js";
import { openData, openDataset } from "../../src/data/data-source.js";
import type { Engine } from "../../src/engine/engine.js";
import { evaluateRanking } from "../../src/evaluate/evaluate.js";
import type { Recommender } from "../../src/models/recommenders/recommender.js";
import { publishedFigures, publishedSplit } from "../published-protocol.js";
import type { Figures } from "./rows.js";

export interface Protocol {
  readonly published: boolean;
  readonly choosing: Csr;
  readonly final: Csr;
  /** All interactions of users whose loss is watched. */
  readonly watched: Csr;
  validate(model: Recommender): Figures;
  test(model: Recommender): Figures;
}

export interface ProtocolOptions {
  readonly data: string;
  readonly split?: string;
  readonly seed: number;
  readonly published: boolean;
  readonly testUsers: number;
}

export async function openProtocol(
  engine: Engine, { data: folder, split: file, seed, published, testUsers }: ProtocolOptions,
): Promise<Protocol> {
  if (published) {
    const { dataset } = await openDataset({ folder, seed });
    const split = publishedSplit(dataset.interactions, testUsers, seed);
    return {
      ...split, published,
      validate: (model) => publishedFigures(engine, model, split.validation.slice(0, 1)),
      test: (model) => publishedFigures(engine, model, split.test),
    };
  }
  const { split } = await openData({ folder, split: file, seed });
  return {
    published, choosing: split.train, final: split.train, watched: split.validation.input,
    validate: (model) => evaluateRanking(engine, model, split.validation),
    test: (model) => evaluateRanking(engine, model, split.test),
  };
}
