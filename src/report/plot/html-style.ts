/** The style sheet of the page around a drawing. */
export const VIEWER_STYLE = `
:root{color-scheme:light dark;--page:#fff;--bar:#f3f6fa;--text:#1a1f26;--muted:#4a5563;--edge:#c3ccd8;--mark:#d33f00}
*{box-sizing:border-box}
html,body{height:100%;margin:0}
body{display:grid;grid-template:auto 1fr/1fr auto;font:14px/1.4 Arial,Helvetica,sans-serif;background:var(--page);color:var(--text)}
header{grid-column:1/-1;display:flex;flex-wrap:wrap;gap:6px 16px;align-items:center;padding:6px 12px;background:var(--bar);border-bottom:1px solid var(--edge)}
h1{font-size:16px;margin:0;flex:1 1 auto;min-width:6em;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.tools{display:flex;flex-wrap:wrap;gap:6px;align-items:center}
input,button{font:inherit;color:inherit;background:var(--page);border:1px solid var(--edge);border-radius:5px;padding:3px 8px}
button{min-width:2.2em;cursor:pointer}
#size{min-width:4.5em}
#found{min-width:4.5em;color:var(--muted)}
main{overflow:auto;min-height:0;min-width:0;cursor:grab;display:grid;align-content:safe center;justify-content:safe center}
main.dragged{cursor:grabbing;user-select:none}
main svg{display:block}
.box{cursor:pointer}
:focus-visible,.box:focus{outline:2px solid var(--mark);outline-offset:2px}
.box.chosen .body,.box:focus .body{stroke:var(--mark);stroke-width:3}
.edge.near .line{stroke:var(--mark);stroke-width:2.4}
svg.finding .box:not(.hit){opacity:.25}
aside{width:min(380px,45vw);overflow:auto;min-height:0;padding:12px;background:var(--bar);border-left:1px solid var(--edge)}
aside h2{font-size:15px;margin:0 28px 2px 0;overflow-wrap:anywhere}
aside h3{font-size:12px;margin:14px 0 4px;color:var(--muted)}
aside p{margin:0;color:var(--muted);overflow-wrap:anywhere}
aside .close{float:right}
dl{display:grid;grid-template-columns:minmax(80px,auto) 1fr;gap:2px 10px;margin:0;font-size:13px}
dt{color:var(--muted);overflow-wrap:anywhere}
dd{margin:0;overflow-wrap:anywhere}
@media (prefers-color-scheme:dark){:root{--page:#12161c;--bar:#1d232c;--text:#eef2f7;--muted:#b4bfcc;--edge:#3a4554;--mark:#ff9e57}}
@media print{:root{color-scheme:light;--page:#fff}body,main{display:block;height:auto;overflow:visible}header,aside{display:none}main svg{width:auto!important;height:auto!important;max-width:100%}}
`;
