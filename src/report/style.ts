/** The report's style sheet: one column of text, figures and cards that wrap, dark mode, print. Nothing is loaded. */
export const style = `
:root { color-scheme: light dark; --paper: #fff; --ink: #1c2127; --soft: #59636e; --line: #d8dde3; --card: #f6f8fa;
  --accent: #0b57a4; --c0: #0b64b4; --c1: #c2500a; --c2: #07805c; --c3: #a8327d; --c4: #7d6608; --c5: #5b5fc7; }
@media (prefers-color-scheme: dark) { :root { --paper: #14181d; --ink: #e3e8ee; --soft: #9aa6b2; --line: #343c46;
  --card: #1c2229; --accent: #7fb8f2; --c0: #62aef5; --c1: #f39655; --c2: #4cc9a0; --c3: #e58cc4; --c4: #d9bf4a;
  --c5: #a5a8f5; } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0 auto; padding: 1.5rem clamp(.9rem, 3vw, 2.5rem) 4rem; max-width: 1080px; background: var(--paper);
  color: var(--ink); font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
  overflow-wrap: break-word; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: .5rem 0 .3rem; }
h2 { font-size: 1.35rem; margin: 2.6rem 0 .6rem; padding-top: .7rem; border-top: 2px solid var(--line); }
h3 { font-size: 1.08rem; margin: 1.6rem 0 .4rem; }
h4 { font-size: .92rem; margin: 0 0 .2rem; }
p { margin: .5rem 0; max-width: 46rem; }
.soft, figcaption, caption { color: var(--soft); }
a { color: var(--accent); }
nav ul { list-style: none; margin: 1rem 0; padding: 0; display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: .7rem; margin: 1.2rem 0;
  padding: 0; list-style: none; }
.figures li { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: .6rem .8rem; }
.figures b { display: block; font-size: 1.35rem; font-variant-numeric: tabular-nums; line-height: 1.3; }
.figures span { color: var(--soft); font-size: .86rem; line-height: 1.35; display: block; }
.table { overflow-x: auto; margin: .8rem 0; }
table { border-collapse: collapse; font-size: .92rem; }
caption { text-align: left; font-size: .9rem; padding-bottom: .3rem; }
caption div { max-width: calc(100vw - 2rem); }
th, td { text-align: left; padding: .26rem 1.1rem .26rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th { font-weight: 600; color: var(--soft); white-space: nowrap; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.side { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); gap: 0 2rem; }
figure { margin: 1.1rem 0; }
figcaption { font-size: .9rem; max-width: 46rem; margin-top: .4rem; }
.panels { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 19rem), 1fr)); gap: .8rem 1.2rem; }
.columns-2 { grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); }
.panel { min-width: 0; max-width: 27rem; } .panel .title { font-size: .92rem; font-weight: 700; margin: 0 0 .2rem; }
.panel svg { width: 100%; height: auto; display: block; }
svg text { font: 13px system-ui, sans-serif; fill: var(--soft); font-variant-numeric: tabular-nums; }
svg .name { fill: var(--ink); }
.grid line { stroke: var(--line); stroke-width: 1; }
.axis line { stroke: var(--soft); stroke-width: 1; }
.rule line { stroke: var(--soft); stroke-width: 1.2; stroke-dasharray: 2 3; }
.rule text { paint-order: stroke; stroke: var(--paper); stroke-width: 3px; stroke-linejoin: round; }
.series .line { fill: none; stroke: var(--c); stroke-width: 2; stroke-linejoin: round; }
.series .mark { fill: var(--c); stroke: var(--paper); stroke-width: .8; }
.series .error { stroke: var(--c); stroke-width: 1; opacity: .55; }
.series .area { fill: var(--c); opacity: .22; }
.series text { font-size: 11px; }
.dashed .line { stroke-dasharray: 5 4; }
.faint .line, .faint .mark { opacity: .5; }
.faint .line { stroke-width: 1.4; }
.colour-0 { --c: var(--c0); } .colour-1 { --c: var(--c1); } .colour-2 { --c: var(--c2); }
.colour-3 { --c: var(--c3); } .colour-4 { --c: var(--c4); } .colour-5 { --c: var(--c5); }
.legend { list-style: none; margin: .4rem 0 0; padding: 0; display: flex; flex-wrap: wrap; gap: .15rem 1.2rem;
  font-size: .88rem; }
.legend li { display: flex; align-items: center; gap: .45rem; }
.legend svg { flex: none; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 20rem), 1fr)); gap: .9rem; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: .7rem .9rem .8rem;
  font-size: .9rem; line-height: 1.4; min-width: 0; }
.card h4 { font-size: 1.05rem; display: flex; justify-content: space-between; gap: .6rem; }
.card h4 span { color: var(--soft); font-weight: 400; font-size: .85rem; white-space: nowrap; }
.card p { margin: .2rem 0; }
.card h5 { font-size: .78rem; margin: .55rem 0 .1rem; color: var(--soft); font-weight: 600; }
.card ul { list-style: none; margin: 0; padding: 0; }
.card li { display: flex; justify-content: space-between; gap: .7rem; }
.card li span:first-child { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; min-width: 0; }
.card li span:last-child { color: var(--soft); font-variant-numeric: tabular-nums; }
.meter { height: 5px; border-radius: 3px; background: var(--line); overflow: hidden; }
.meter i { display: block; height: 100%; background: var(--c0); }
.waterfall { list-style: none; margin: .6rem 0; padding: 0; max-width: 52rem; font-size: .92rem; }
.waterfall li { display: grid; grid-template-columns: minmax(0, 15rem) minmax(0, 1fr) 4.2rem; gap: .8rem;
  align-items: center; padding: .12rem 0; }
.waterfall li > span:first-child { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; text-align: right; }
.waterfall li > span:last-child { text-align: right; font-variant-numeric: tabular-nums; }
.track { position: relative; height: 1rem; background: var(--card); border-radius: 3px; }
.track i { position: absolute; top: .1rem; bottom: .1rem; min-width: 1px; border-radius: 2px; background: var(--c1); }
.waterfall .down i { background: var(--c0); }
.waterfall .sum { border-top: 1px solid var(--line); font-weight: 600; }
.waterfall .sum i { background: var(--ink); opacity: .75; }
.good { color: var(--c2); } .bad { color: var(--c1); }
details { margin: .8rem 0; } summary { cursor: pointer; color: var(--accent); }
pre { white-space: pre-wrap; overflow-wrap: anywhere; font-size: .8rem; background: var(--card);
  border: 1px solid var(--line); border-radius: 8px; padding: .7rem .9rem; }
footer { margin-top: 3rem; border-top: 2px solid var(--line); padding-top: .6rem; font-size: .9rem; }
@media (max-width: 34rem) { .waterfall li { grid-template-columns: minmax(0, 9rem) minmax(0, 1fr) 3.6rem; gap: .5rem; }
  body { font-size: 15px; } h1 { font-size: 1.55rem; } th, td { padding-right: .8rem; } }
@media print { :root { color-scheme: light; --paper: #fff; --ink: #000; --soft: #444; --line: #bbb; --card: #fff;
  --accent: #000; --c0: #0b64b4; --c1: #c2500a; --c2: #07805c; --c3: #a8327d; --c4: #7d6608; --c5: #5b5fc7; }
  @page { margin: 14mm; @bottom-right { content: counter(page) " / " counter(pages); font: 7.5pt sans-serif; } }
  body { max-width: none; padding: 0; font-size: 9.5pt; line-height: 1.42; } nav, details:not([open]) { display: none; }
  h1 { font-size: 18pt; } h2 { font-size: 13pt; margin-top: 1.4rem; } h3 { font-size: 10.5pt; margin-top: 1rem; }
  .card, figure, .table, .figures { break-inside: avoid; } h2, h3, caption { break-after: avoid; }
  caption, figcaption, .legend { font-size: 8.2pt; line-height: 1.35; } figure { margin: .6rem 0; }
  .figures { grid-template-columns: repeat(5, 1fr); }
  .figures b { font-size: 12pt; } .figures span { font-size: 7.5pt; }
  .panels { grid-template-columns: repeat(3, 1fr); } .columns-2, .side { grid-template-columns: repeat(2, 1fr); }
  table { font-size: 8.5pt; } .side td, .side th { padding-right: .5rem; }
  .cards { grid-template-columns: repeat(3, 1fr); gap: .5rem; }
  .card { font-size: 7.2pt; line-height: 1.28; padding: .4rem .5rem; } .card h4 { font-size: 8.5pt; gap: .3rem; }
  .card h4 span { font-size: 7pt; } .card h5 { font-size: 6.6pt; margin-top: .25rem; } .card p { margin: .1rem 0; }
  .waterfall { font-size: 8.5pt; max-width: 40rem; } .track { height: .8rem; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
`;
