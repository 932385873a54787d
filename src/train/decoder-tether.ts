/**
 * Keeps decoder rows near where they started, for controls (Korznikov et al., 2026: SAEs whose decoder never learns
 * score nearly as well on many measures). At cosine 1 the decoder is frozen and only the encoder learns; at 0.8 each
 * row may turn that far. A row that went further is put back onto the rim, in the plane of the two.
 *
 * The rows start where a seed puts them, also in a run that goes on from a checkpoint: its weights come later.
 */
import type { SparseAutoencoder } from "../models/sae/sparse-autoencoder.js";

export class DecoderTether {
  private readonly rows: { data: Float32Array | Float64Array; cols: number };
  private readonly start: Float64Array;

  constructor(sae: SparseAutoencoder, private readonly cosine: number) {
    const { data, cols } = sae.parameters.find(({ name }) => name === "decoder_w")!.tensor;
    this.rows = { data, cols };
    this.start = unit(data, cols);
  }

  pull(): void {
    const { rows: { data, cols: D }, start, cosine } = this;
    for (let at = 0; at < data.length; at += D) {
      let [along, squares] = [0, 0];
      for (let d = 0; d < D; d++) {
        along += data[at + d] * start[at + d];
        squares += data[at + d] ** 2;
      }
      const length = Math.sqrt(squares);
      if (along >= cosine * length - 1e-7) continue;
      const across = Math.sqrt(Math.max(squares - along * along, 0));
      const sine = Math.sqrt(1 - cosine * cosine);
      for (let d = 0; d < D; d++) {
        const side = across > 0 ? (data[at + d] - along * start[at + d]) / across : 0;
        data[at + d] = length * (cosine * start[at + d] + sine * side);
      }
    }
  }
}

function unit(x: ArrayLike<number>, cols: number): Float64Array {
  const out = Float64Array.from(x);
  for (let at = 0; at < out.length; at += cols) {
    let squares = 0;
    for (let d = 0; d < cols; d++) squares += out[at + d] ** 2;
    for (let d = 0; d < cols; d++) out[at + d] /= Math.sqrt(squares) || 1;
  }
  return out;
}
