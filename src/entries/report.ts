/**
 * `unknot/report`: one HTML file about a model, without script or network.
 *
 *   const data = await collectReport(engine, model, await openData(model.data.source!));
 *   await writeFile("report.html", renderReport(data));
 *
 * @module report
 */
export { collectReport, type ReportData, type ReportOptions } from "../report/collect.js";
export { renderReport } from "../report/page.js";
export type { ItemLinks } from "../export/item-links.js";
export { readReference, type ReferencePoint } from "../report/reference.js";
export type { NeuronCard } from "../report/choose-cards.js";
export type { ExplainedExample } from "../report/explain-example.js";
export type { PaperFigures, PaperLine } from "../report/paper.js";
export type { LabelAccuracy } from "../interpret/label-truth.js";
export type { ConceptsFound } from "../measure/measure-concepts.js";
export type { ExplanationCheck } from "../measure/measure-explanations.js";
