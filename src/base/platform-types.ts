/**
 * Names that unknot's declarations use and that TypeScript keeps in libraries which a program need not have: types of
 * WebAssembly ("dom") and Symbol.dispose ("esnext.disposable"). Where the library is there, these merge into it and add
 * nothing. Imported for its types by the files whose declarations need them.
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

  interface SymbolConstructor {
    readonly dispose: unique symbol;
  }
}

export {};
