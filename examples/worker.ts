/**
 * A session on a thread of its own, so that yours never waits: node worker.js MODEL ITEM ITEM … prints five titles.
 * Both sides are in this file. In a browser `openRemoteSession` does the same (examples/page).
 */
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { loadModel, openSession, type ListedItem } from "unknot";

if (isMainThread) {
  const [, , folder, ...likes] = process.argv;
  const worker = new Worker(new URL(import.meta.url), { workerData: folder });
  worker.on("message", (list: ListedItem[]) => {
    for (const { title } of list) console.log(title);
    void worker.terminate();
  });
  worker.postMessage({ likes, n: 5 });
} else {
  const session = openSession(await loadModel(workerData as string), { threads: 1 });
  parentPort!.on("message", ({ likes, n }: { likes: string[]; n: number }) => {
    parentPort!.postMessage(session.recommend(likes, n).items);
  });
}
