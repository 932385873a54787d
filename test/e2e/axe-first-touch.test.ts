/** axe-core on a first visit, in English and in German. Skipped aloud without Chromium. */
import { test } from "uvu";
import { chromiumAtHand } from "../browser/browser-at-hand.js";
import { noFaultOnAFirstVisit } from "./axe-views.js";
import { DeskSite } from "./desk-page.js";

const chromium = chromiumAtHand();
const inChromium = chromium ? test : test.skip;

let site: DeskSite;
test.before(async () => { if (chromium) site = await DeskSite.open(chromium); });
test.after(async () => { if (chromium) await site.close(); });

inChromium("axe finds nothing on a first visit", () => noFaultOnAFirstVisit(site, "en"));
inChromium("nor on one in German", () => noFaultOnAFirstVisit(site, "de"));

test.run();
