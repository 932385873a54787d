/**
 * The number type of a kernel array.
 *
 * Every kernel works on Float32Array. The plain kernels also accept Float64Array, for one purpose only: gradient
 * checks by central differences need double precision. A process uses one of the two, so hot loops stay monomorphic.
 */
export type Floats = Float32Array | Float64Array;
