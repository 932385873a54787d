/**
 * The session of the page it is called on. Two kinds of page: one among files on a host, with worker.js and the folder
 * model/ beside it; and one that is a single file and has both inside, as elements that are not shown:
 *
 *   <script type="text/plain" id="unknot-worker">         the worker's program
 *   <script type="application/json" id="unknot-model">    the model's description
 *   <script type="text/plain" id="unknot-weights">        its tensors, in base64
 */
import { openRemoteSession, type RemoteSession } from "./remote-session.js";
import type { LoadOptions } from "./load-web-model.js";

/** Ids of the elements; export/single-file.ts writes them. */
export const INLINE = { worker: "unknot-worker", model: "unknot-model", weights: "unknot-weights" } as const;

/**
 * Opens the session of a page that holds worker, model and weights itself (a single-file export).
 * @throws UserError when one of them is missing
 */
export async function openPageSession(options: Pick<LoadOptions, "onProgress"> = {}): Promise<RemoteSession> {
  const worker = document.getElementById(INLINE.worker);
  const model = document.getElementById(INLINE.model);
  const weights = document.getElementById(INLINE.weights);
  if (!worker || !model || !weights) {
    return openRemoteSession(new URL("worker.js", document.baseURI), new URL("model/", document.baseURI), options);
  }
  const program = new Blob([worker.textContent], { type: "text/javascript" });
  const url = URL.createObjectURL(program);
  const tensors = bytesOfBase64(weights.textContent);
  // The text is several times as large as the model: let it go.
  weights.remove();
  try {
    return await openRemoteSession(url, { description: model.textContent, tensors }, options);
  } finally {
    URL.revokeObjectURL(url);
  }
}

function bytesOfBase64(text: string): ArrayBuffer {
  const binary = atob(text.trim());
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes.buffer;
}
