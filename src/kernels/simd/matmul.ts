/**
 * The dense products C (+)= A·B, A·Bᵀ, Aᵀ·B as three loops around packed panels (Goto & van de Geijn, "Anatomy of
 * High-Performance Matrix Multiplication", 2008).
 *
 *   for NC columns of C, for ≤ KC of k:  pack B (KC × NC, stays in L3)
 *     for MC rows of C:                  pack A (MC × KC, stays in L2)
 *       multiplyPanels                   MR × NR tiles in registers, a B panel in L1
 *
 * 2·m·n·k FLOPs; C is read and written once per KC of k, A once per NC columns, B once. Bound by the multiply-add pipes
 * as soon as m, n and k reach some hundreds. The three forms differ only in how they pack.
 *
 * Order of sums: each block of k is summed on its own in ascending k and added to C. The block length depends on k
 * alone and belongs to the numbers; MC, NC, the tile and the range do not. Tiles that stick out of C are computed in
 * scratch by the same code.
 */
import type { Floats } from "../../base/floats.js";
import type { Emitted, SimdFamily, SimdKernels, Workspace } from "../family.js";
import { splitsColumns, type plainMatmul } from "../plain/matmul.js";
import type { Func } from "./emit/assembler.js";
import type { Numerics } from "./emit/numerics.js";
import { packCopying, packTransposing } from "./emit/packing.js";
import { MR, NR, copyTile, multiplyPanels } from "./emit/tile.js";

// A panel of B and one of A fill three quarters of a 32 KB L1 cache, a block of A half of a 512 KB L2. A longer KC
// visits C less often, which pays where C is large and memory is shared with others.
export const KC = 512;
const MC = 128;
const NC = 2048;

/** Floats of the packed A block, the packed B block and the scratch for tiles that stick out of C. */
const A_FLOATS = (MC + MR) * KC;
const B_FLOATS = (NC + NR) * KC;
const SCRATCH_FLOATS = Math.max(MR * (NC + NR), NR * MC);

/** Workspace that the dense products need. */
const MATMUL_BYTES = 4 * (A_FLOATS + B_FLOATS + SCRATCH_FLOATS);

function emit(numerics: Numerics): Func[] {
  return [
    multiplyPanels(numerics), copyTile(),
    packTransposing("packATransposing", MR), packCopying("packACopying", MR),
    packTransposing("packBTransposing", NR), packCopying("packBCopying", NR),
  ];
}

type Numbers = Floats | Int32Array;

/** A product of words in blocks; what is multiplied and added, and how, `multiplyPanels` alone knows. */
export type BlockedProduct = (
  c: Numbers, a: Numbers, b: Numbers, m: number, n: number, k: number, accumulate: number, begin: number, end: number,
  aByK: boolean, bByK: boolean,
) => void;

/** Writes what a packed block of A and one of B give. */
type Block = (
  c: number, rows: number, columns: number, depth: number, cStride: number, accumulate: number,
) => void;

/** One packed block: the full tiles straight into C, then the bottom and the right edge by way of scratch. */
function blockOf(wasm: Emitted, multiplyPanels: Emitted[string], packedA: number): Block {
  const { copyTile } = wasm;
  const packedB = packedA + 4 * A_FLOATS;
  const scratch = packedB + 4 * B_FLOATS;
  return (c, rows, columns, depth, cStride, accumulate) => {
    const mFull = Math.floor(rows / MR);
    const nFull = Math.floor(columns / NR);
    const mRest = rows - mFull * MR;
    const nRest = columns - nFull * NR;
    if (mFull > 0 && nFull > 0) multiplyPanels(packedA, packedB, c, mFull, nFull, depth, cStride, accumulate);
    if (mRest > 0) {
      const panels = nFull + (nRest > 0 ? 1 : 0);
      const stride = 4 * NR * panels;
      multiplyPanels(packedA + 4 * mFull * MR * depth, packedB, scratch, 1, panels, depth, stride, 0);
      copyTile(c + mFull * MR * cStride, scratch, mRest, 4 * columns, cStride, stride, accumulate);
    }
    if (nRest > 0 && mFull > 0) {
      multiplyPanels(packedA, packedB + 4 * nFull * NR * depth, scratch, mFull, 1, depth, 4 * NR, 0);
      copyTile(c + 4 * nFull * NR, scratch, mFull * MR, 4 * nRest, cStride, 4 * NR, accumulate);
    }
  };
}

/** @param multiplyPanels the register tile (emit/tile.ts). One of whole numbers takes k up to KC. */
export function blockedProduct(
  wasm: Emitted, multiplyPanels: Emitted[string], { at: packedA }: Workspace,
): BlockedProduct {
  const { packATransposing, packACopying, packBTransposing, packBCopying } = wasm;
  const packedB = packedA + 4 * A_FLOATS;
  const block = blockOf(wasm, multiplyPanels, packedA);

  /** C[i0…i1, j0…j1] (+)= the product; aByK and bByK say whether k is contiguous in a and in b. */
  function product(
    c: Numbers, a: Numbers, b: Numbers, m: number, n: number, k: number, accumulate: number, begin: number,
    end: number, aByK: boolean, bByK: boolean,
  ): void {
    const byColumns = splitsColumns(m, n);
    const [i0, i1, j0, j1] = byColumns ? [0, m, begin, end] : [begin, end, 0, n];
    if (k === 0) {
      if (!accumulate) for (let i = i0; i < i1; i++) c.fill(0, i * n + j0, i * n + j1);
      return;
    }
    const packA = aByK ? packATransposing : packACopying;
    const packB = bByK ? packBTransposing : packBCopying;
    // Bytes from one row of A (column of B) to the next and from one k to the next; packing takes the larger one.
    const [aRow, aK] = aByK ? [4 * k, 4] : [4, 4 * m];
    const [bRow, bK] = bByK ? [4 * k, 4] : [4, 4 * n];
    const aStride = aByK ? aRow : aK;
    const bStride = bByK ? bRow : bK;

    // Blocks of k of equal length, a multiple of 4, instead of full ones and a short rest.
    const kc = 4 * Math.ceil(k / Math.ceil(k / KC) / 4);

    for (let j = j0; j < j1; j += NC) {
      const columns = Math.min(NC, j1 - j);
      for (let p = 0; p < k; p += kc) {
        const depth = Math.min(kc, k - p);
        packB(packedB, b.byteOffset + j * bRow + p * bK, columns, depth, bStride);
        for (let i = i0; i < i1; i += MC) {
          const rows = Math.min(MC, i1 - i);
          packA(packedA, a.byteOffset + i * aRow + p * aK, rows, depth, aStride);
          block(c.byteOffset + 4 * (i * n + j), rows, columns, depth, 4 * n, accumulate || p > 0 ? 1 : 0);
        }
      }
    }
  }

  return product;
}

function bind(wasm: Emitted, workspace: Workspace): SimdKernels<typeof plainMatmul> {
  const product = blockedProduct(wasm, wasm.multiplyPanels, workspace);
  return {
    matmul: (c, a, b, m, n, k, accumulate, begin, end) =>
      product(c, a, b, m, n, k, accumulate, begin, end, true, false),
    matmulABt: (c, a, b, m, n, k, accumulate, begin, end) =>
      product(c, a, b, m, n, k, accumulate, begin, end, true, true),
    matmulAtB: (c, a, b, m, n, k, accumulate, begin, end) =>
      product(c, a, b, m, n, k, accumulate, begin, end, false, false),
  };
}

export const simdMatmul: SimdFamily<typeof plainMatmul> = { emit, bind, workspaceBytes: MATMUL_BYTES };
