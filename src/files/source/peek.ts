/**
 * Looking at the beginning of a stream before deciding what it is, without losing it: what was looked at is handed out
 * again. A file could be opened twice, standard input could not.
 */

export interface Peeked {
  /** At least the bytes asked for, or all there are. */
  readonly head: Uint8Array;
  /** Whether the stream ended within the head. */
  readonly ended: boolean;
  /** Everything, the head included. To be read once. */
  readonly all: AsyncIterable<Uint8Array>;
}

/** Reads chunks until there are `least` bytes. */
export async function peek(source: AsyncIterable<Uint8Array>, least: number): Promise<Peeked> {
  const iterator = source[Symbol.asyncIterator]();
  const chunks: Uint8Array[] = [];
  let length = 0;
  let ended = false;
  while (length < least && !ended) {
    const next = await iterator.next();
    if (next.done) {
      ended = true;
    } else if (next.value.length > 0) {
      chunks.push(next.value);
      length += next.value.length;
    }
  }
  const head = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
  return { head, ended, all: replayed(chunks, ended, iterator) };
}

async function* replayed(
  chunks: Uint8Array[], ended: boolean, rest: AsyncIterator<Uint8Array>,
): AsyncIterable<Uint8Array> {
  try {
    for (let chunk = chunks.shift(); chunk; chunk = chunks.shift()) yield chunk;
    while (!ended) {
      const next = await rest.next();
      if (next.done) return;
      yield next.value;
    }
  } finally {
    // Left early (an error in a row, say): the file behind it is closed.
    await rest.return?.();
  }
}
