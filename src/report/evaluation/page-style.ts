/** The style sheet of the page. */
export const REPORT_STYLE = `
:root{color-scheme:light dark;--page:#fff;--card:#f5f7fa;--text:#1a1f26;--muted:#556070;--edge:#ccd4de;--good:#2f7d4f;--other:#4a7fc1;--bad:#c8402f;--warn:#fff3d6}
@media (prefers-color-scheme:dark){:root{--page:#12161c;--card:#1c222b;--text:#e9eef5;--muted:#a8b4c2;--edge:#394453;--good:#4cae76;--other:#6ea3e6;--bad:#ee7564;--warn:#3a3016}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:1100px;padding:24px 20px 60px;font:15px/1.5 system-ui,-apple-system,"Segoe UI",Arial,sans-serif;background:var(--page);color:var(--text)}
h1{font-size:26px;margin:0 0 2px;overflow-wrap:anywhere}
h2{font-size:19px;margin:38px 0 6px}
p{margin:4px 0 12px}
.muted,figcaption small{color:var(--muted)}
.tiles{display:grid;grid-template-columns:repeat(auto-fill,minmax(165px,1fr));gap:10px;margin:20px 0 0;padding:0;list-style:none}
.tiles li{background:var(--card);border:1px solid var(--edge);border-radius:10px;padding:10px 14px}
.tiles b{display:block;font-size:23px;font-weight:600;font-variant-numeric:tabular-nums;line-height:1.3}
.tiles small{color:var(--muted);display:block;line-height:1.3}
.warning{background:var(--warn);border:1px solid var(--edge);border-radius:10px;padding:8px 14px;margin:18px 0 0}
.wide{overflow-x:auto;max-width:100%}
table{border-collapse:collapse;font-variant-numeric:tabular-nums}
.matrix{font-size:12px;line-height:1}
.matrix th{font-weight:400;text-align:right;padding:0 8px;white-space:nowrap;max-width:170px;overflow:hidden;text-overflow:ellipsis}
.matrix thead th{padding:8px 0;vertical-align:bottom;text-align:center;max-width:none}
.matrix thead span{display:inline-block;writing-mode:vertical-rl;transform:rotate(180deg);max-height:130px;overflow:hidden;text-overflow:ellipsis}
.matrix td{padding:0;border:1px solid var(--edge)}
.matrix button,.matrix i{display:grid;place-items:center;width:100%;min-width:34px;height:30px;border:0;background:none;font:inherit;font-style:normal;color:inherit}
.matrix button{cursor:pointer}
.matrix .hit,.matrix .miss{background:color-mix(in srgb,var(--tone) calc(var(--share)*100%),transparent)}
.matrix .hit{--tone:var(--good)}
.matrix .miss{--tone:var(--bad)}
.matrix .strong{color:#fff;font-weight:600}
@media (prefers-color-scheme:dark){.matrix .strong{color:#10141a}}
:focus-visible{outline:2px solid var(--other);outline-offset:1px}
.list th,.list td{padding:5px 12px;border-bottom:1px solid var(--edge);text-align:right;white-space:nowrap}
.list th:first-child,.list td:first-child{text-align:left;padding-left:2px;white-space:normal;overflow-wrap:anywhere}
.list thead th{border-bottom:2px solid var(--edge);font-weight:600;vertical-align:bottom}
.list thead button{font:inherit;color:inherit;background:none;border:0;padding:0;cursor:pointer}
.list thead [aria-sort=ascending] button:after{content:" ▲"}
.list thead [aria-sort=descending] button:after{content:" ▼"}
.list tfoot td,.list .best td{font-weight:600}
.list .best td:first-child:after{content:" ★";color:var(--good)}
.pictures{display:grid;grid-template-columns:repeat(auto-fill,minmax(132px,1fr));gap:12px;padding:0;margin:10px 0;list-style:none}
figure{margin:0;break-inside:avoid}
.pictures figure{background:var(--card);border:1px solid var(--edge);border-radius:8px;overflow:hidden;font-size:12px;line-height:1.35;height:100%}
.pictures img,.pictures .none{display:block;width:100%;aspect-ratio:1;object-fit:contain;background:color-mix(in srgb,var(--edge) 45%,transparent)}
.pictures .none{display:grid;place-items:center;color:var(--muted)}
.pictures figcaption{padding:6px 8px 8px;overflow-wrap:anywhere}
.said{color:var(--bad)}
.charts{display:flex;flex-wrap:wrap;gap:10px 28px}
.charts figure{max-width:100%}
.charts svg{max-width:100%;height:auto}
pre{overflow:auto;background:var(--card);border:1px solid var(--edge);border-radius:8px;padding:12px;font-size:12px;line-height:1.4}
dialog{width:min(860px,94vw);max-height:88vh;border:1px solid var(--edge);border-radius:12px;background:var(--page);color:var(--text);padding:18px 20px}
dialog::backdrop{background:#0009}
dialog h3{margin:0 40px 4px 0;font-size:17px;overflow-wrap:anywhere}
dialog .close{position:absolute;right:14px;top:12px;font:inherit;font-size:20px;line-height:1;padding:4px 9px;color:inherit;background:none;border:1px solid var(--edge);border-radius:6px;cursor:pointer}
.epochs th:first-child,.epochs td:first-child{white-space:nowrap;overflow-wrap:normal}
.source td:first-child{white-space:nowrap;overflow-wrap:normal}
.source td:last-child{text-align:left;white-space:normal;overflow-wrap:anywhere;font-family:ui-monospace,Consolas,monospace;font-size:12.5px}
@page{margin:14mm}
@media print{:root{color-scheme:light;--page:#fff;--card:#fff;--text:#000;--muted:#444;--edge:#bbb;--good:#2f7d4f;--other:#4a7fc1;--bad:#c8402f;--warn:#fff}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}body{max-width:none;padding:0;font-size:11px}h2{break-after:avoid;margin-top:22px}.matrix .strong{color:#fff}.matrix{font-size:8px}.matrix button,.matrix i{min-width:0;height:20px}.wide{overflow:visible}.pictures{grid-template-columns:repeat(6,1fr)}.tiles{grid-template-columns:repeat(5,1fr)}.tiles b{font-size:16px}.charts{flex-wrap:nowrap}.charts figure{flex:1 1 0;min-width:0}tr,section figure{break-inside:avoid}tfoot{display:table-row-group}.screen{display:none}}
`;
