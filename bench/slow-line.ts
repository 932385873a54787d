/**
 * A slow line to a server: a TCP proxy whose connections share one rate downwards, each piece arriving after a delay.
 * The browser's own throttling leaves a worker's requests alone; what goes through here is slow whoever asks.
 */
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

export interface SlowLine {
  readonly url: string;
  close(): Promise<void>;
}

/** @param rate bytes a second, of all connections together. @param delay of each piece and of each request, in ms */
export async function slowLine(to: string, rate: number, delay: number): Promise<SlowLine> {
  const { hostname, port } = new URL(to);
  const sockets = new Set<Socket>();
  // When the line has sent what it was given so far.
  let free = 0;
  const proxy = createServer((near) => {
    const far = connect(Number(port), hostname);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on("error", () => socket.destroy()).on("close", () => sockets.delete(socket));
    }
    near.on("data", (piece) => { setTimeout(() => far.write(piece), delay); });
    far.on("data", (piece) => {
      free = Math.max(free, performance.now()) + 1000 * piece.length / rate;
      // No more than the line holds is taken from the server at once.
      far.pause();
      setTimeout(() => far.resume(), free - performance.now());
      setTimeout(() => near.write(piece), free - performance.now() + delay);
    });
    far.on("end", () => { setTimeout(() => near.end(), Math.max(0, free - performance.now()) + delay + 1); });
    near.on("end", () => { setTimeout(() => far.end(), delay + 1); });
  });
  await new Promise<void>((resolve) => { proxy.listen(0, "127.0.0.1", resolve); });
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}/`,
    close: () => new Promise((resolve) => {
      for (const socket of sockets) socket.destroy();
      proxy.close(() => resolve());
    }),
  };
}
