export { Tape, type Matrix } from "./tape.js";
export { constant, parameter, SparseTensor, Tensor } from "./tensor.js";
export {
  add, addLoss, addRow, destandardise, FEW_ROWS, l1, linear, matmul, relativeSquare, relu, subtractRow,
} from "./ops/dense.js";
export { columnRange, columnSlice, sparseL1, sparseMatmul } from "./ops/sparse.js";
export {
  batchTopkEncode, jumpReluEncode, signedTopkEncode, thresholdEncode, topkEncode, topkEncodeAmong, type EncoderInputs,
} from "./ops/encoders.js";
export { weightedResidualLoss } from "./ops/weighted-residual.js";
export { cosineLoss, l2Loss, reluResidual, reluResidualLoss, softmaxKlLoss } from "./ops/losses.js";
export type { ScoreProducts, Scores } from "./ops/score-products.js";
export { gaussianKl, sampleGaussian, softmax, softmaxNllLoss, tanh } from "./ops/vae.js";
export { diagonalResidual, diagonalResidualLoss, offDiagonalPenalty } from "./ops/item-item.js";
export {
  asSparseRows, cappedResidualLoss, equalRows, pickEntries, sparseProduct, sparseRowsAt, unitSparseRows, writtenOut,
} from "./ops/sparse-items.js";
export { layerNorm, mixtureKl, swish } from "./ops/recvae.js";
