/** A recommender inside your own server: node service.js MODEL [PORT], then GET /?like=ID&like=ID. */
import { createServer } from "node:http";
import { loadModel, openSession, UserError } from "unknot";

const [, , folder, port = "8080"] = process.argv;
const session = openSession(await loadModel(folder), { threads: 1 });
const server = createServer((request, response) => {
  const likes = new URL(request.url!, "http://localhost").searchParams.getAll("like");
  try {
    response.end(JSON.stringify(session.recommend(likes, { empty: "refuse" }).items));
  } catch (error) {
    response.writeHead(error instanceof UserError ? 422 : 500).end(String(error));
  }
});
server.listen(Number(port), "127.0.0.1", () => console.log(JSON.stringify(server.address())));
