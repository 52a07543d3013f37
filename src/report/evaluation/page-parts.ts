import { htmlPage } from "../html-page.ts";
import { escapeXml } from "../plot/escape-xml.ts";
import { REPORT_STYLE } from "./page-style.ts";

/** What a page is made of; everything but the title is HTML. */
export interface PageParts {
  readonly title: string;
  /** One line below the title. */
  readonly summary: string;
  readonly tiles: readonly (readonly [name: string, value: string, meaning: string])[];
  readonly faults: readonly { readonly name: string; readonly why: string }[];
  readonly sections: readonly string[];
  /** What follows them. */
  readonly rest?: readonly string[];
  /** The hash of the only script that may run; else none may. */
  readonly scriptHash?: string;
}

/**
 * A page that asks for nothing from outside: opens from the disk, prints, and has a dark mode. Its policy lets no script run but
 * its own, whatever the files are called.
 */
export function pageOf(parts: PageParts): string {
  const script = parts.scriptHash === undefined ? "" : `; script-src '${parts.scriptHash}'`;
  return htmlPage({
    title: parts.title,
    policy: `img-src data:; style-src 'unsafe-inline'${script}`,
    style: REPORT_STYLE,
    body: [
      `<header><h1>${escapeXml(parts.title)}</h1><p class="muted">${parts.summary}</p></header>`,
      `<ul class="tiles">${parts.tiles.map(tile).join("")}</ul>`,
      faultList(parts.faults),
      "<main>",
      ...parts.sections,
      "</main>",
      ...(parts.rest ?? []),
    ],
  });
}

/** A part of the page under a heading. */
export function section(title: string, note: string, content: string): string {
  const under = note === "" ? "" : `<p class="muted">${note}</p>`;
  return `<section><h2>${title}</h2>${under}${content}</section>`;
}

/** Where all of it comes from. */
export function provenanceTable(
  entries: readonly (readonly [what: string, value: string])[],
): string {
  const rows = entries.map(
    ([what, value]) => `<tr><td>${escapeXml(what)}</td><td>${escapeXml(value)}</td></tr>`,
  );
  return `<table class="list source"><tbody>${rows.join("")}</tbody></table>`;
}

function tile([name, value, meaning]: PageParts["tiles"][number]): string {
  return `<li>${escapeXml(name)}<b>${escapeXml(value)}</b><small>${escapeXml(meaning)}</small></li>`;
}

function faultList(all: PageParts["faults"]): string {
  if (all.length === 0) return "";
  const count =
    all.length === 1
      ? "1 file cannot be used and is not counted"
      : `${all.length} files cannot be used and are not counted`;
  const items = all
    .slice(0, 200)
    .map(({ name, why }) => `<li>${escapeXml(name)}: ${escapeXml(why)}</li>`);
  const more = all.length > 200 ? `<li>and ${all.length - 200} more</li>` : "";
  return `<details class="warning"><summary>${count}.</summary><ul>${items.join("")}${more}</ul></details>`;
}
