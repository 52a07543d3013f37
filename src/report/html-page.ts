import { escapeXml } from "./plot/escape-xml.ts";

/** A page that asks for nothing from outside. */
export interface HtmlPage {
  readonly title: string;
  /** What it may load and run, as a Content-Security-Policy says it, beside nothing at all. */
  readonly policy: string;
  readonly style: string;
  /** Lines of HTML. */
  readonly body: readonly string[];
}

/** The whole document: opens from the disk, in light and dark. */
export function htmlPage({ title, policy, style, body }: HtmlPage): string {
  return [
    "<!doctype html>",
    '<html lang="en">',
    "<head>",
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; ${policy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    `<title>${escapeXml(title)}</title>`,
    `<style>${style}</style>`,
    "</head>",
    "<body>",
    ...body,
    "</body>",
    "</html>",
    "",
  ].join("\n");
}
