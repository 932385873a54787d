/**
 * The kernel families: one line for each. A family added here is emitted, bound, shared among threads and known to the
 * engine by its kernels' names; nothing else lists kernels.
 */
import type { CallArgs, KernelFamily, PlainKernels } from "./family.js";
import { plainAdam } from "./plain/adam.js";
import { plainByteSums } from "./plain/byte-sums.js";
import { plainCodeSums } from "./plain/code-sums.js";
import { plainElementwise } from "./plain/elementwise.js";
import { plainGaussian } from "./plain/gaussian.js";
import { plainInt8 } from "./plain/int8.js";
import { plainItemItem } from "./plain/item-item.js";
import { plainLargest } from "./plain/largest.js";
import { plainLosses } from "./plain/losses.js";
import { plainMatmul } from "./plain/matmul.js";
import { plainMatvec } from "./plain/matvec.js";
import { plainRank } from "./plain/rank.js";
import { plainRecvae } from "./plain/recvae.js";
import { plainRefineCodes } from "./plain/refine-codes.js";
import { plainRounded } from "./plain/rounded.js";
import { plainRows } from "./plain/rows.js";
import { plainScreen } from "./plain/screen.js";
import { plainSoftmaxKl } from "./plain/softmax-kl.js";
import { plainSoftmax } from "./plain/softmax.js";
import { plainSparseItems } from "./plain/sparse-items.js";
import { plainSparse } from "./plain/sparse.js";
import { plainThreshold } from "./plain/threshold.js";
import { plainTopk } from "./plain/topk.js";
import { simdAdam } from "./simd/adam.js";
import { simdByteSums } from "./simd/byte-sums.js";
import { simdCodeSums } from "./simd/code-sums.js";
import { simdElementwise } from "./simd/elementwise.js";
import { simdGaussian } from "./simd/gaussian.js";
import { simdInt8 } from "./simd/int8.js";
import { simdLargest } from "./simd/largest.js";
import { simdLosses } from "./simd/losses.js";
import { simdMatmul } from "./simd/matmul.js";
import { simdMatvec } from "./simd/matvec.js";
import { simdRank } from "./simd/rank.js";
import { simdRefineCodes } from "./simd/refine-codes.js";
import { simdRounded } from "./simd/rounded.js";
import { simdRows } from "./simd/rows.js";
import { simdScreen } from "./simd/screen.js";
import { simdSoftmaxKl } from "./simd/softmax-kl.js";
import { simdSoftmax } from "./simd/softmax.js";
import { simdSparseItems } from "./simd/sparse-items.js";
import { simdSparse } from "./simd/sparse.js";
import { simdThreshold } from "./simd/threshold.js";
import { simdTopk } from "./simd/topk.js";

export const families = [
  { name: "matmul", plain: plainMatmul, simd: simdMatmul },
  { name: "matvec", plain: plainMatvec, simd: simdMatvec },
  { name: "sparse", plain: plainSparse, simd: simdSparse },
  { name: "topk", plain: plainTopk, simd: simdTopk },
  { name: "screen", plain: plainScreen, simd: simdScreen },
  { name: "rounded", plain: plainRounded, simd: simdRounded },
  { name: "threshold", plain: plainThreshold, simd: simdThreshold },
  { name: "largest", plain: plainLargest, simd: simdLargest },
  { name: "rank", plain: plainRank, simd: simdRank },
  { name: "refine-codes", plain: plainRefineCodes, simd: simdRefineCodes },
  { name: "rows", plain: plainRows, simd: simdRows },
  { name: "elementwise", plain: plainElementwise, simd: simdElementwise },
  { name: "adam", plain: plainAdam, simd: simdAdam },
  { name: "losses", plain: plainLosses, simd: simdLosses },
  { name: "softmax", plain: plainSoftmax, simd: simdSoftmax },
  { name: "softmax-kl", plain: plainSoftmaxKl, simd: simdSoftmaxKl },
  { name: "gaussian", plain: plainGaussian, simd: simdGaussian },
  { name: "int8", plain: plainInt8, simd: simdInt8 },
  { name: "byte-sums", plain: plainByteSums, simd: simdByteSums },
  { name: "code-sums", plain: plainCodeSums, simd: simdCodeSums },
  { name: "item-item", plain: plainItemItem, simd: null },
  { name: "recvae", plain: plainRecvae, simd: null },
  { name: "sparse-items", plain: plainSparseItems, simd: simdSparseItems },
] as const satisfies readonly KernelFamily[];

type Merged<T> = (T extends unknown ? (one: T) => void : never) extends (all: infer A) => void ? A : never;
type Records = Merged<(typeof families)[number]["plain"]>;

/** Every kernel by name; plain and SIMD are two values of this one type. */
export type Kernels = { readonly [N in keyof Records]: Records[N]["run"] };
/** Names of all kernels. */
export type KernelName = keyof Kernels;
/** A kernel's arguments without its range. */
export type KernelArgs<N extends KernelName> = CallArgs<Kernels[N]>;

/** The records of all kernels of some families, by name. */
export function plainRecords(from: readonly KernelFamily[]): PlainKernels {
  return Object.assign({}, ...from.map(({ plain }) => plain)) as PlainKernels;
}

const records = Object.entries(plainRecords(families));

/** The plain kernels: the specification of every kernel, and its fallback. */
export const plain = Object.fromEntries(records.map(([name, { run }]) => [name, run])) as unknown as Kernels;

/** The kernels without a SIMD twin, and why. */
export const plainOnlyReasons: Readonly<Record<string, string>> = Object.fromEntries(
  records.flatMap(([name, record]) => "plainOnly" in record ? [[name, record.plainOnly]] : []));
