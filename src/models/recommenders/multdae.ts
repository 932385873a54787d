/**
 * MultDAE, a denoising autoencoder with a multinomial likelihood (Liang et al., WWW 2018; docs/method.md §2), and what
 * MultVAE shares with it:
 *
 *   h = tanh(x̃·W₀ᵀ + b₀)     z = h·W_μᵀ + b_μ     g = tanh(z·V₀ᵀ + c₀)     p = softmax(g·V₁ᵀ + c₁)
 *   loss = mean over rows and items of −x·log(max(p, 1e-7))
 *
 * x̃ is x with half of its entries dropped and the rest doubled while training, x itself otherwise. Dropping a zero
 * leaves a zero, so only stored entries are drawn and the first layer stays a sparse product: W₀ is kept transposed,
 * (I, hidden), one row an item. Everything that is saved is in PyTorch's layout [out, in].
 */
import {
  addRow, constant, linear, parameter, softmax, softmaxNllLoss, sparseMatmul, SparseTensor, tanh, Tensor, type Tape,
} from "../../autograd/index.js";
import type { NamedTensors } from "../../base/named-tensors.js";
import type { Engine } from "../../engine/engine.js";
import { transpose } from "../../base/dense.js";
import type { Random } from "../../base/random.js";
import { UserError } from "../../base/user-error.js";
import type { MultVaeConfig } from "../../config/multvae.js";
import { xavierUniform } from "../initialise.js";
import type { Cfae, Parameter } from "./recommender.js";
import { ScoringModel } from "./scoring-model.js";

/** Widths of the network: I items, hidden, D factors. */
export interface MultShape {
  /** I */
  items: number;
  /** D: length of the user embedding. */
  factors: number;
  /** Units of the one hidden layer on either side. Paper: 3·D. */
  hidden: number;
}

/** The random part of a training step, drawn beforehand so that it can also be given. */
export interface Draws {
  /** x̃: (B, I), the entries that are left and their weights. */
  readonly input: SparseTensor;
  /** ε: (B, D) standard normal; MultDAE does not look at it. */
  readonly noise: Tensor;
}

/** Everything a training step or a golden check looks at. */
export interface MultForward {
  /** (B, hidden) */
  hidden: Tensor;
  /** (B, D): the embedding without sampling. */
  mu: Tensor;
  /** (B, D), null without a variational part. */
  logvar: Tensor | null;
  /** (B, D): what is decoded. */
  z: Tensor;
  /** (B, hidden) */
  decoderHidden: Tensor;
  /** (B, I), valid until backward. */
  probabilities: Tensor;
  nll: Tensor;
  /** (1, 1), null without a variational part. */
  kl: Tensor | null;
  loss: Tensor;
}

/** How the weight of MultVAE's divergence rises. */
export type BetaSchedule = Pick<MultVaeConfig, "annealingSteps" | "maxBeta">;

/** What stands between the encoder and the decoder. */
export interface Latent {
  logvar: Tensor | null;
  z: Tensor;
  kl: Tensor | null;
}

/** The layers that have a row an item: W₀, V₁ and c₁. */
export const [FIRST, LAST, LAST_BIAS] = ["encoder.fc0.weight", "decoder.fc1.weight", "decoder.fc1.bias"] as const;
const MU = "encoder_mu";
/** Linear layers that end the encoder. */
export const DAE_HEADS = [MU] as const;

export class MultDae extends ScoringModel implements Cfae {
  readonly items: number;
  readonly factors: number;
  readonly hidden: number;
  readonly parameters: readonly Parameter[];
  private readonly byName = new Map<string, Tensor>();

  /** @param weights as `initialise` or `weights` give them, or read from a file; copied. */
  constructor(readonly engine: Engine, weights: NamedTensors, trainable = false) {
    super();
    const shape = shapeOf(weights);
    this.items = shape.items;
    this.factors = shape.factors;
    this.hidden = shape.hidden;
    const tensor = trainable ? parameter : constant;
    for (const { name, out, fanIn } of this.layers(shape)) {
      const data = named(weights, name, fanIn === 0 ? [out] : [out, fanIn]);
      // Biases are rows of their own; the first layer lies transposed.
      if (name === FIRST) this.byName.set(name, tensor(engine, transpose(data, out, fanIn), fanIn, out));
      else this.byName.set(name, fanIn === 0 ? tensor(engine, data, 1, out) : tensor(engine, data, out, fanIn));
    }
    this.parameters = Array.from(this.byName, ([name, t]) => ({ name, tensor: t, unitRows: false }));
  }

  /** Xavier-uniform matrices and zero biases. @param heads names of the linear layers that end the encoder. */
  static initialise(random: Random, shape: MultShape, heads: readonly string[] = DAE_HEADS): NamedTensors {
    const weights: Record<string, { shape: number[]; data: Float32Array }> = {};
    for (const { name, out, fanIn } of layersOf(shape, heads)) {
      weights[name] = fanIn === 0
        ? { shape: [out], data: new Float32Array(out) }
        : { shape: [out, fanIn], data: xavierUniform(random, fanIn, out) };
    }
    return weights;
  }

  /** A copy of the weights, every matrix [out, in]. */
  weights(): NamedTensors {
    return Object.fromEntries(this.layers(this).map(({ name, out, fanIn }) => {
      const data = Float32Array.from(this.tensor(name).data);
      const layout = name === FIRST ? transpose(data, fanIn, out) : data;
      return [name, { shape: fanIn === 0 ? [out] : [out, fanIn], data: layout }];
    }));
  }

  /**
   * Draws a step's dropout and noise. Each entry of x stays with probability 1 − dropout and then weighs
   * 1/(1 − dropout). x: (B, I).
   */
  draw(tape: Tape, x: SparseTensor, random: Random, dropout: number): Draws {
    const { engine } = tape;
    const starts = engine.ints(x.rows + 1);
    const indices = engine.ints(x.indices.length);
    const values = engine.floats(x.indices.length);
    let at = 0;
    for (let r = 0; r < x.rows; r++) {
      starts[r] = at;
      for (let q = x.rowStart[r]; q < x.rowEnd[r]; q++) {
        if (random.uniform() < dropout) continue;
        indices[at] = x.indices[q];
        values[at++] = 1 / (1 - dropout);
      }
    }
    starts[x.rows] = at;
    const input = new SparseTensor(
      engine, x.rows, x.cols, starts.subarray(0, x.rows), starts.subarray(1), indices, values, false,
    );
    return { input, noise: this.noise(tape, x.rows, random) };
  }

  encode(tape: Tape, x: SparseTensor): Tensor {
    return this.head(tape, this.hiddenOf(tape, x), MU);
  }

  /** Probabilities of all items. e: (B, D), result: (B, I). */
  decode(tape: Tape, e: Tensor): Tensor {
    return softmax(tape, this.logits(tape, e));
  }

  /** Scores before the softmax: they rank alike. e: (B, D), result: (B, I). */
  logits(tape: Tape, e: Tensor): Tensor {
    const g = this.decoderHidden(tape, e);
    return linear(tape, g, this.tensor(LAST), this.tensor(LAST_BIAS));
  }

  /** The likelihood of x under the embeddings e, (1, 1). It counts every entry of x, whether e knows it or not. */
  lossOf(tape: Tape, e: Tensor, x: SparseTensor): Tensor {
    return this.likelihood(tape, this.decoderHidden(tape, e), x).loss;
  }

  scores(tape: Tape, x: SparseTensor): Tensor {
    return this.decode(tape, this.encode(tape, x));
  }

  /** The loss without dropout and sampling; training passes its draws to `forward`. */
  loss(tape: Tape, x: SparseTensor): Tensor {
    const noise = new Tensor(tape.engine.floats(x.rows * this.factors).fill(0), x.rows, this.factors, false);
    return this.forward(tape, x, { input: x, noise }).loss;
  }

  /** One step forward: the likelihood of x under what is left of it. x: (B, I). */
  forward(tape: Tape, x: SparseTensor, { input, noise }: Draws): MultForward {
    const hidden = this.hiddenOf(tape, input);
    const mu = this.head(tape, hidden, MU);
    const latent = this.latent(tape, hidden, mu, noise);
    const decoderHidden = this.decoderHidden(tape, latent.z);
    const { loss: nll, probabilities } = this.likelihood(tape, decoderHidden, x);
    const loss = this.objective(tape, nll, latent.kl);
    return { hidden, mu, ...latent, decoderHidden, probabilities, nll, loss };
  }

  /** Takes these rows of W₀, V₁ and c₁ from now on: some items only, (O, hidden) twice and (O, 1). */
  useItems(rows: Readonly<Record<string, Tensor>>): void {
    for (const [name, tensor] of Object.entries(rows)) this.byName.set(name, tensor);
  }

  /** Before a step or a validation: `done` steps of the run are behind it. */
  prepare(_done: number, _schedule: BetaSchedule): void {}

  /** The embedding as it is: no sampling, no divergence. */
  protected latent(_tape: Tape, _hidden: Tensor, mu: Tensor, _noise: Tensor): Latent {
    return { logvar: null, z: mu, kl: null };
  }

  /** The loss of the two terms, (1, 1) each; MultDAE has no second one. */
  protected objective(_tape: Tape, nll: Tensor, _kl: Tensor | null): Tensor {
    return nll;
  }

  /** Nothing to sample. */
  protected noise(tape: Tape, rows: number, _random: Random): Tensor {
    return new Tensor(tape.engine.floats(0), rows, 0, false);
  }

  /** h·Wᵀ + b for one of the layers that end the encoder. (B, D) */
  protected head(tape: Tape, hidden: Tensor, name: string): Tensor {
    return linear(tape, hidden, this.tensor(`${name}.weight`), this.tensor(`${name}.bias`));
  }

  /** Names of the linear layers that end the encoder. */
  protected get heads(): readonly string[] {
    return DAE_HEADS;
  }

  private hiddenOf(tape: Tape, x: SparseTensor): Tensor {
    return tanh(tape, addRow(tape, sparseMatmul(tape, x, this.tensor(FIRST)), this.tensor("encoder.fc0.bias")));
  }

  private decoderHidden(tape: Tape, z: Tensor): Tensor {
    return tanh(tape, linear(tape, z, this.tensor("decoder.fc0.weight"), this.tensor("decoder.fc0.bias")));
  }

  private likelihood(tape: Tape, g: Tensor, x: SparseTensor): { loss: Tensor; probabilities: Tensor } {
    return softmaxNllLoss(tape, g, this.tensor(LAST), this.tensor(LAST_BIAS), x);
  }

  private tensor(name: string): Tensor {
    return this.byName.get(name)!;
  }

  private layers(shape: MultShape): Layer[] {
    return layersOf(shape, this.heads);
  }
}

export interface Layer {
  name: string;
  out: number;
  /** 0 for a bias. */
  fanIn: number;
}

/** Every parameter in the reference's order. */
export function layersOf({ items, factors, hidden }: MultShape, heads: readonly string[]): Layer[] {
  const layer = (name: string, out: number, fanIn: number): Layer[] =>
    [{ name: `${name}.weight`, out, fanIn }, { name: `${name}.bias`, out, fanIn: 0 }];
  return [
    ...layer("encoder.fc0", hidden, items), ...heads.flatMap((name) => layer(name, factors, hidden)),
    ...layer("decoder.fc0", hidden, factors), ...layer("decoder.fc1", items, hidden),
  ];
}

function shapeOf(weights: NamedTensors): MultShape {
  const [hidden, items] = shapeNamed(weights, FIRST);
  const [factors] = shapeNamed(weights, `${MU}.weight`);
  return { items, hidden, factors };
}

function shapeNamed(weights: NamedTensors, name: string): readonly number[] {
  if (!Object.hasOwn(weights, name)) {
    throw new UserError(`no tensor ${name} among ${Object.keys(weights).join(", ")}: is this a model of another kind?`);
  }
  return weights[name].shape;
}

/** @throws UserError when the tensor is missing or of another shape. */
function named(weights: NamedTensors, name: string, expected: readonly number[]): Float32Array {
  const shape = shapeNamed(weights, name);
  if (shape.length !== expected.length || shape.some((n, i) => n !== expected[i])) {
    throw new UserError(`${name} is ${shape.join(" × ")}, the other layers need ${expected.join(" × ")}`);
  }
  return weights[name].data;
}
