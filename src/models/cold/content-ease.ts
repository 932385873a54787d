/**
 * EASE with what is said of items beside who chose them: three ways in closed form to a matrix W, (I, I), that also
 * recommends items without interactions (docs/method.md §12). F̃ (I×T) is side information, G = XᵀX, EASE(M, λ) the
 * matrix with zero diagonal of (M + λI)⁻¹.
 *
 *   collective   W = EASE(G + α²·F̃F̃ᵀ, λ)                                X stacked over α·F̃ᵀ
 *   additive     W = (1−α)·EASE(G, λ) + α·EASE(F̃F̃ᵀ, λ_F)
 *   L3AE         C = EASE(F̃F̃ᵀ, λ_F)    P = (G + (λ_X+λ_E)I)⁻¹
 *                W = λ_E·PC − P·diag((1 + λ_E·diag(PC))/diag P), diagonal 0    (CIKM 2025, arXiv 2508.13500)
 *
 * They are what vectors from a ridge map (ridge-map.ts) are compared with: there is no hidden vector, hence no SAE, and
 * W is dense. The results stay in the engine's heap.
 */
import { Tape, Tensor } from "../../autograd/index.js";
import type { Csr } from "../../base/csr.js";
import type { Floats } from "../../base/floats.js";
import type { Engine } from "../../engine/engine.js";
import { Ease, gram } from "../recommenders/ease.js";
import { invertSpd } from "../recommenders/spd-inverse.js";
import type { Rows } from "./ridge-map.js";

/** EASE on interactions stacked over features. train: (U, I) binary, features: (I, T). */
export function collectiveEase(
  engine: Engine, train: Csr, features: Rows, { lambda, alpha }: { lambda: number; alpha: number },
): Ease {
  const items = train.cols;
  const w = engine.floats(items * items);
  engine.scope(() => {
    interactionGram(engine, train, w);
    const content = contentGram(engine, features);
    engine.run("addScaled", w, content, alpha * alpha, 1);
  });
  easeInPlace(engine, w, items, lambda);
  return new Ease(engine, new Tensor(w, items, items, false), items);
}

/** EASE of interactions and EASE of features, added up. */
export function additiveEase(
  engine: Engine, train: Csr, features: Rows,
  { lambda, contentLambda, alpha }: { lambda: number; contentLambda: number; alpha: number },
): Ease {
  const items = train.cols;
  const w = engine.floats(items * items);
  engine.scope(() => {
    interactionGram(engine, train, w);
    easeInPlace(engine, w, items, lambda);
    const content = contentGram(engine, features);
    easeInPlace(engine, content, items, contentLambda);
    for (let q = 0; q < w.length; q++) w[q] = (1 - alpha) * w[q] + alpha * content[q];
  });
  return new Ease(engine, new Tensor(w, items, items, false), items);
}

/** L3AE: interactions fitted towards what features say. λ_X may be negative, λ_X + λ_E may not. */
export function l3ae(
  engine: Engine, train: Csr, features: Rows,
  { lambda, contentLambda, trust }: { lambda: number; contentLambda: number; trust: number },
): Ease {
  const items = train.cols;
  const w = engine.floats(items * items);
  engine.scope(() => {
    const content = contentGram(engine, features);
    easeInPlace(engine, content, items, contentLambda);
    const p = engine.floats(items * items);
    interactionGram(engine, train, p);
    addToDiagonal(p, items, lambda + trust);
    invertSpd(engine, p, items);
    engine.run("matmul", w, p, content, items, items, items, 0);
    const scale = Float64Array.from({ length: items }, (_, j) =>
      (1 + trust * w[j * items + j]) / p[j * items + j]);
    for (let i = 0; i < items; i++) {
      for (let j = 0; j < items; j++) w[i * items + j] = trust * w[i * items + j] - p[i * items + j] * scale[j];
      w[i * items + i] = 0;
    }
  });
  return new Ease(engine, new Tensor(w, items, items, false), items);
}

/** F̃F̃ᵀ: (I, I) */
function contentGram(engine: Engine, { data, rows, cols }: Rows): Floats {
  const content = engine.floats(rows * rows);
  const f = engine.floatsFrom(data);
  engine.run("matmulABt", content, f, f, rows, rows, cols, 0);
  return content;
}

function interactionGram(engine: Engine, train: Csr, g: Floats): void {
  const tape = new Tape(engine, false);
  gram(tape, train, 0, g);
  tape.reset();
}

function addToDiagonal(m: Floats, n: number, lambda: number): void {
  for (let i = 0; i < n; i++) m[i * n + i] += lambda;
}

/** A Gram matrix becomes EASE's weights. */
function easeInPlace(engine: Engine, m: Floats, n: number, lambda: number): void {
  addToDiagonal(m, n, lambda);
  invertSpd(engine, m, n);
  const scale = Float64Array.from({ length: n }, (_, j) => -1 / m[j * n + j]);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) m[i * n + j] *= scale[j];
    m[i * n + i] = 0;
  }
}
