/**
 * Rung 4: rung 3 as WebAssembly, four floats an instruction.
 *
 * Shapes as on rung 3, D a multiple of 4. One row of the decoder at a time: two loads and a store a multiply-add,
 * as on the fourth rung of the dense product, and the rows lie where the list says, so each begins with a wait.
 */
import {
  I32, V128, Func, advance, doWhile, i32, v128,
} from "../../../src/kernels/simd/emit/assembler.js";
import type { MultiplyAdd } from "../../../src/kernels/simd/emit/numerics.js";

/** lanes(out, indices, values, decoder, batch, active, bytes of a row); out holds zeros. Pointers are byte offsets. */
export function lanes(madd: MultiplyAdd): Func {
  const f = new Func("lanes");
  const [out, indices, values, decoder, batch, active, bytes] = f.params(I32, 7);
  const [left, from, to, end] = f.locals(I32, 4);
  const value = f.local(V128);
  return f.body(
    doWhile(batch,
      left.set(active.get()), end.set(i32.add(out, bytes)),
      doWhile(left,
        value.set(v128.loadSplat(values)),
        from.set(i32.add(decoder, i32.mul(i32.load(indices), bytes))),
        to.set(out.get()),
        doWhile(i32.ne(to, end),
          v128.store(to, madd(value, v128.load(from), v128.load(to))),
          advance(to, 16), advance(from, 16)),
        advance(indices, 4), advance(values, 4), advance(left, -1)),
      out.set(end.get()), advance(batch, -1)),
  );
}
