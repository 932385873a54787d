/**
 * A plain balancer in front of servers on this machine: each request goes to the next one, over connections that stay
 * open, and the answer goes back as it comes. For balance.ts; no retries, no health checks, not for use.
 *
 *   node dist/bench/serve/round-robin.js URL URL …
 */
import { Agent, createServer, request as ask } from "node:http";
import type { AddressInfo } from "node:net";

const servers = process.argv.slice(2).map((url) => new URL(url));
const agents = servers.map(() => new Agent({ keepAlive: true }));
let turn = 0;

const balancer = createServer((incoming, answer) => {
  const at = turn++ % servers.length;
  const { hostname, port } = servers[at];
  const { method, url: path, headers } = incoming;
  const onward = ask({ agent: agents[at], hostname, port, method, path, headers }, (theirs) => {
    answer.writeHead(theirs.statusCode!, theirs.headers);
    theirs.pipe(answer);
  });
  onward.on("error", () => {
    if (!answer.headersSent) answer.writeHead(502);
    answer.end();
  });
  incoming.pipe(onward);
});
balancer.listen(0, "127.0.0.1", () => {
  console.log(`balancing on http://127.0.0.1:${(balancer.address() as AddressInfo).port}`);
});
process.on("SIGTERM", () => {
  balancer.close();
  balancer.closeAllConnections();
  for (const agent of agents) agent.destroy();
});
