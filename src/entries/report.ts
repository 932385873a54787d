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
export { readReference, type ReferencePoint } from "../report/reference.js";
