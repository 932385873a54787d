/** axe-core on every view of the desk in German: longer words, other quotes. Skipped aloud without Chromium. */
import { test } from "uvu";
import { chromiumAtHand } from "../browser/browser-at-hand.js";
import { noFaultOnAnyView } from "./axe-views.js";
import { DeskSite } from "./desk-page.js";

const chromium = chromiumAtHand();
const inChromium = chromium ? test : test.skip;

let site: DeskSite;
test.before(async () => { if (chromium) site = await DeskSite.open(chromium); });
test.after(async () => { if (chromium) await site.close(); });

inChromium("axe finds nothing on any view of the German desk", () => noFaultOnAnyView(site, "de"));

test.run();
