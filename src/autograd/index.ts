export { Tape, type Matrix } from "./tape.js";
export { constant, parameter, SparseTensor, Tensor } from "./tensor.js";
export { addLoss, addRow, destandardise, l1, linear, matmul, relu, subtractRow } from "./ops/dense.js";
export { sparseL1, sparseMatmul, topkEncode } from "./ops/sparse.js";
export { cosineLoss, l2Loss, reluResidual, reluResidualLoss } from "./ops/losses.js";
export { gaussianKl, sampleGaussian, softmax, softmaxNllLoss, tanh } from "./ops/vae.js";
export { diagonalResidual, diagonalResidualLoss, offDiagonalPenalty } from "./ops/item-item.js";
