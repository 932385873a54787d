/** The functions of an instance. Pointers are byte offsets; what each takes is said where it is emitted. */
export type Emitted = Readonly<Record<string, (...args: number[]) => number>>;
