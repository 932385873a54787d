/** A turn of the event loop, for long work to take between its parts: Ctrl-C is heard, and requests are answered. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => { setTimeout(resolve); });
}
