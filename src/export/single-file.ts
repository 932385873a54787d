/**
 * The desk, its worker and the model as one HTML file that opens from disk, where a page may load no other file. What
 * would be files are elements of it (browser/page-session.ts reads them); the weights are in base64.
 *
 * Its content-security policy lets run what is in it, by hash, and nothing be sent anywhere.
 */
import { createHash } from "node:crypto";
import { INLINE } from "../browser/page-session.js";
import type { WebModelFiles } from "../model-folder/web-model.js";
import type { DeskFiles } from "./desk-files.js";
import { imageOrigin, type ItemLinks } from "./item-links.js";

const STYLE = '<link rel="stylesheet" href="desk.css">';
const SCRIPT = '<script type="module" src="desk.js"></script>';

export function singleFile(
  desk: DeskFiles, { description, tensors }: WebModelFiles, links: ItemLinks = {},
): string {
  // The policy of the page beside its files would not let it run what is in it.
  const page = desk["index.html"].toString("utf8").replace(/<meta http-equiv="Content-Security-Policy"[^>]*>\n/, "");
  // A script ends at the first "</script", wherever it stands: in programs it can only be part of a text.
  const style = desk["desk.css"].toString("utf8");
  const script = inScript(desk["desk.js"].toString("utf8"));
  const policy = [
    "default-src 'none'", `script-src ${hash(script)} 'wasm-unsafe-eval'`, `style-src ${hash(style)}`,
    "worker-src blob:",
    ["img-src data:", imageOrigin(links) ?? ""].join(" ").trim(),
    "connect-src 'none'", "base-uri 'none'", "form-action 'none'",
  ].join("; ");
  const inlined = [
    `<script type="text/plain" id="${INLINE.worker}">${inScript(desk["worker.js"].toString("utf8"))}</script>`,
    // In JSON every "<" is part of a text and may be written as an escape.
    `<script type="application/json" id="${INLINE.model}">${description.replaceAll("<", "\\u003c")}</script>`,
    `<script type="text/plain" id="${INLINE.weights}">${Buffer.concat(tensors).toString("base64")}</script>`,
  ];
  const parts: [place: string, content: string][] = [
    [STYLE, `<meta http-equiv="Content-Security-Policy" content="${policy}">\n<style>${style}</style>`],
    [SCRIPT, ""],
    ["</body>", `${inlined.join("\n")}\n<script type="module">${script}</script>\n</body>`],
  ];
  return parts.reduce((html, [place, content]) => {
    const at = html.indexOf(place);
    if (at < 0) throw new Error(`the desk's page has no ${place}`);
    return html.slice(0, at) + content + html.slice(at + place.length);
  }, page);
}

function inScript(program: string): string {
  return program.replaceAll(/<(?=\/script|!--)/gi, "\\x3c");
}

function hash(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}
