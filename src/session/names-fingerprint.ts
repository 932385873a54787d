/**
 * Eight hex digits of what a model calls things: item ids, neurons' labels, concepts. Links to the desk carry it: where
 * it is the same, numbers mean the same, however the weights are stored. Not a checksum of weights (the service has
 * one). FNV-1a, 32 bits.
 */

/** @param lists of names; null for what has none */
export function namesFingerprint(...lists: readonly (readonly (string | null)[])[]): string {
  let hash = 0x811c9dc5;
  const take = (code: number): void => {
    hash = Math.imul(hash ^ code, 0x01000193);
  };
  for (const list of lists) {
    for (const name of list) {
      for (let i = 0; i < (name?.length ?? 0); i++) take(name!.charCodeAt(i));
      take(name === null ? 0x10000 : 0x10001);
    }
    take(0x10002);
  }
  return (hash >>> 0).toString(16).padStart(8, "0");
}
