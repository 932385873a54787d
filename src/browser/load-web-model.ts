/** Fetches a web model (model-folder/web-model.ts) from beside the page, and says how far it has got. */
import { UserError } from "../base/user-error.js";
import { decodeWebModel, tensorBytes, WEB_DESCRIPTION, WEB_TENSORS, type WebModel } from "../model-folder/web-model.js";

/** The files' contents, for pages that carry their model inside them. */
export interface WebModelBytes {
  readonly description: string;
  readonly tensors: ArrayBuffer;
}

/** How far loading has come. */
export interface LoadProgress {
  /** Bytes of the weights that have arrived, of `total`. */
  readonly loaded: number;
  readonly total: number;
}

/** What loading reports to and is stopped by. */
export interface LoadOptions {
  /** Called as pieces arrive. */
  readonly onProgress?: (progress: LoadProgress) => void;
  readonly signal?: AbortSignal;
}

/**
 * @param source the folder's URL, absolute or relative to the page, or the contents of its files.
 * @throws UserError naming what cannot be fetched, is damaged, foreign, or newer than this unknot.
 */
export async function loadWebModel(source: string | URL | WebModelBytes, options: LoadOptions = {}): Promise<WebModel> {
  if (typeof source === "object" && "description" in source) {
    return decodeWebModel(source.description, new Uint8Array(source.tensors));
  }
  const folder = String(source).replace(/\/+$/, "");
  const description = await (await get(`${folder}/${WEB_DESCRIPTION}`, options.signal)).text();
  const total = tensorBytes(description, `${folder}/${WEB_DESCRIPTION}`);
  const response = await get(`${folder}/${WEB_TENSORS}`, options.signal);
  return decodeWebModel(description, await readAll(response, total, options.onProgress), folder);
}

async function get(url: string, signal: AbortSignal | undefined): Promise<Response> {
  const response = await fetch(url, { signal }).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    throw new UserError(`${url}: cannot be fetched (${error instanceof Error ? error.message : String(error)})`);
  });
  if (!response.ok) throw new UserError(`${url}: the server says ${response.status} ${response.statusText}`.trim());
  return response;
}

/** The body as it arrives. One of another length than expected is returned as it is, for the decoder to refuse. */
async function readAll(
  response: Response, total: number, onProgress: LoadOptions["onProgress"],
): Promise<Uint8Array> {
  if (!response.body) return new Uint8Array(await response.arrayBuffer());
  const bytes = new Uint8Array(total);
  const reader = response.body.getReader();
  let loaded = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return bytes.subarray(0, loaded);
    if (loaded + value.length > total) {
      await reader.cancel();
      return new Uint8Array(total + 1);
    }
    bytes.set(value, loaded);
    loaded += value.length;
    onProgress?.({ loaded, total });
  }
}
