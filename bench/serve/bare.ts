/**
 * What an answer costs when nothing has to be thought of: a bare node:http server that parses the same bodies as JSON
 * and returns the same bytes, looked up by the body. What the service takes beyond this is its own.
 *
 *   node dist/bench/serve/bare.js ANSWERS      a JSON file: [body, answer] pairs
 */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const answers = new Map(JSON.parse(readFileSync(process.argv[2], "utf8")) as [string, string][]);
const server = createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const body = (chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)).toString("utf8");
    const parsed = JSON.parse(body) as { items?: unknown };
    const answer = parsed.items === undefined ? undefined : answers.get(body);
    if (answer === undefined) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(answer) });
    response.end(answer);
  });
});
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
