/**
 * Numbers in order: their positions by falling value, and the place of one among rising ones.
 *
 * Positions come from a radix sort (Knuth, TAOCP vol. 3, §5.2.5) of the numbers rounded to floats, eleven bits at a
 * time, after which neighbours of one float are put right. Sorting positions by a comparison takes some ten times as
 * long, and measures of meaning sort every neuron over every item.
 */
const DIGIT = 11;
const BUCKETS = 1 << DIGIT;
const PASSES = 3;
const SIGN = 0x80000000;

/** @param values no NaN; −0 counts as 0. @returns (n) positions, the largest value's first. */
export function fallingOrder(values: Float64Array): Int32Array {
  const n = values.length;
  let keys: Uint32Array = keysOf(values);
  let order: Int32Array = new Int32Array(n);
  for (let k = 0; k < n; k++) order[k] = k;
  let [nextKeys, nextOrder]: [Uint32Array, Int32Array] = [new Uint32Array(n), new Int32Array(n)];
  for (let pass = 0; pass < PASSES; pass++) {
    const shift = pass * DIGIT;
    const starts = bucketStarts(keys, shift);
    for (let k = 0; k < n; k++) {
      const key = keys[k];
      const at = starts[(key >>> shift) & (BUCKETS - 1)]++;
      nextKeys[at] = key;
      nextOrder[at] = order[k];
    }
    [keys, nextKeys] = [nextKeys, keys];
    [order, nextOrder] = [nextOrder, order];
  }
  for (let from = 0; from < n;) {
    let to = from + 1;
    let equal = true;
    for (; to < n && keys[to] === keys[from]; to++) equal &&= values[order[to]] === values[order[from]];
    if (!equal) order.subarray(from, to).sort((a, b) => values[b] - values[a] || a - b);
    from = to;
  }
  return order;
}

/** (n) words that grow as the numbers, rounded to floats, fall. */
function keysOf(values: Float64Array): Uint32Array {
  const floats = new Float32Array(values.length);
  for (let k = 0; k < floats.length; k++) floats[k] = values[k] + 0;
  const keys = new Uint32Array(floats.buffer);
  // The bits of positive floats grow with the number, those of negative ones fall.
  for (let k = 0; k < keys.length; k++) if (keys[k] < SIGN) keys[k] = ~keys[k] & ~SIGN;
  return keys;
}

function bucketStarts(keys: Uint32Array, shift: number): Int32Array {
  const starts = new Int32Array(BUCKETS);
  for (let k = 0; k < keys.length; k++) starts[(keys[k] >>> shift) & (BUCKETS - 1)]++;
  for (let b = 0, at = 0; b < BUCKETS; b++) {
    const many = starts[b];
    starts[b] = at;
    at += many;
  }
  return starts;
}

/** The first place in `sorted`, ascending, that is at least the value; its length where there is none. O(log n). */
export function firstFrom(sorted: ArrayLike<number>, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
