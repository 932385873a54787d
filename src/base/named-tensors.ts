/** Tensors by name, as files and models hand them on: plain arrays with their shapes, bound to no engine. */
export interface NamedTensor {
  readonly shape: readonly number[];
  /** Row-major values; as many as the shape holds. */
  readonly data: Float32Array;
}

/** Tensors by name, as a model file holds them: each with its shape and its row-major data. */
export type NamedTensors = Readonly<Record<string, NamedTensor>>;
