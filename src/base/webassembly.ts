/**
 * WebAssembly's types by name, for programs that compile against unknot's declarations without the library "dom", where
 * TypeScript keeps them. With "dom" these merge into the real ones and add nothing.
 */
declare global {
  // eslint-disable-next-line @typescript-eslint/no-namespace -- merges with the one in TypeScript's library
  namespace WebAssembly {
    /* eslint-disable @typescript-eslint/no-empty-object-type -- the members are the library's */
    interface Memory {}
    interface Module {}
    interface Instance {}
    /* eslint-enable @typescript-eslint/no-empty-object-type */
  }
}

export {};
