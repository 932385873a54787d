/** The page's program: opens the desk, and loads the model beside the page, or inside it. */
import { openPageSession } from "../browser/page-session.js";
import { startDesk } from "./start.js";
import { askService, earlySession, firstPlace, loadFirstAnswers } from "./state/early-session.js";
import { LoadingLine } from "./widgets/loading-line.js";
import { useLanguage } from "./words/page-language.js";

useLanguage();
const root = document.getElementById("desk")!;
const loading = new LoadingLine(document.querySelector<HTMLElement>(".loading")!);

/** The first list comes before the model where the page knows of one (early-session.ts): asked for first, alone. */
async function begin(): Promise<void> {
  const place = firstPlace();
  const first = place === null ? null : await loadFirstAnswers();
  const model = openPageSession({ onProgress: (progress) => loading.show(progress) });
  if (first) {
    await startDesk(root, earlySession(first, model, place === "service" ? askService : null));
    loading.moveTo(document.body);
    await model;
  } else await startDesk(root, await model);
  loading.end();
}

begin().catch((error: unknown) => loading.failed(error instanceof Error ? error.message : String(error)));
