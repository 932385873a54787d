/** What an SAE is trained for: the terms of its loss and their weights (METHOD.md §3). */
export interface SaeObjective {
  /** Reconstruction loss: mean squared error over elements, or mean over rows of 1 − cos. */
  loss: "l2" | "cosine";
  /** Weight of the mean over rows of Σ|e|. */
  l1: number;
  /**
   * What the output is compared with: the embedding u, or the standardised û. The reference standardises its batch in
   * place and so compares the de-standardised output with û (METHOD.md §3).
   */
  target: "embedding" | "standardised";
  /** Weight of `loss`. Default 1; 0 leaves reconstruction to `blend` or `downstream`. */
  reconstruction?: number;
  /** Weight of the other one of L2 and Cosine. Default 0. */
  blend?: number;
  /** Weight of the downstream loss, which a caller of `forward` must then provide. Default 0. */
  downstream?: number;
  /** Weight of (L0/k − 1)² (JumpReLU only: it holds the mean number of active neurons at k). Default 1. */
  l0?: number;
  /** Weight of AuxK: dead neurons learn the residual that the others leave (Gao et al., 2024). Default 0. */
  auxWeight?: number;
  /** Dead neurons that may be active in a row for AuxK. Default 0: half the factors (Gao et al., 2024). */
  auxK?: number;
}
