/** What must hold of a site before anybody sees it: every link and anchor leads somewhere, and it is small. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, posix } from "node:path";

/** What was found: faults in words, none when all is well, and the size of everything in bytes. */
export interface SiteCheck {
  readonly faults: readonly string[];
  readonly bytes: number;
  readonly links: number;
}

/** @param most bytes that the whole site may have */
export function checkSite(folder: string, most: number): SiteCheck {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile())
    .map((one) => posix.relative(folder.replaceAll("\\", "/"), join(one.parentPath, one.name).replaceAll("\\", "/")));
  const known = new Set(files);
  const anchors = new Map<string, Set<string>>();
  const pages = files.filter((file) => file.endsWith(".html"));
  for (const page of pages) {
    const text = readFileSync(join(folder, page), "utf8");
    anchors.set(page, new Set(Array.from(text.matchAll(/\s(?:id|name)="([^"]+)"/g), ([, id]) => id)));
  }
  const faults: string[] = [];
  let links = 0;
  for (const page of pages) {
    const text = readFileSync(join(folder, page), "utf8");
    for (const [, link] of text.matchAll(/\s(?:href|src)="([^"]*)"/g)) {
      if (/^(?:https?|mailto|data|javascript):/.test(link)) continue;
      links++;
      const [path, anchor] = link.replaceAll("&amp;", "&").split("#");
      let to = path === "" ? page : posix.normalize(posix.join(posix.dirname(page), path.split("?")[0]));
      if (to.endsWith("/")) to += "index.html";
      if (!known.has(to)) faults.push(`${page}: ${link} leads nowhere`);
      // The desk's program makes addresses of its own.
      else if (anchor && !to.startsWith("desk/") && anchors.get(to)?.has(decodeURIComponent(anchor)) === false) {
        faults.push(`${page}: ${to} has no #${anchor}`);
      }
    }
  }
  const bytes = files.reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
  if (bytes > most) faults.push(`${bytes.toLocaleString("en")} bytes, ${most.toLocaleString("en")} are allowed`);
  return { faults, bytes, links };
}
