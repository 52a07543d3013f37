import { htmlPage } from "../html-page.ts";
import { escapeXml } from "./escape-xml.ts";
import { VIEWER_SCRIPT, VIEWER_SCRIPT_HASH } from "./html-script.ts";
import { VIEWER_STYLE } from "./html-style.ts";
import type { PlacedPicture } from "./place.ts";
import { svgElement } from "./svg.ts";

/**
 * A placed picture as a page of its own with search, zoom and all that is known of each layer. It asks for nothing from
 * outside, and its policy lets no script run but its own, whatever a model's names say.
 */
export function htmlDocument(picture: PlacedPicture): string {
  const { title } = picture;
  return htmlPage({
    title,
    policy: `style-src 'unsafe-inline'; script-src '${VIEWER_SCRIPT_HASH}'`,
    style: VIEWER_STYLE,
    body: [
      `<header><h1>${escapeXml(title)}</h1>${TOOLS}</header>`,
      `<main id="view" tabindex="-1">${svgElement(picture, { theme: "auto", interactive: true })}</main>`,
      '<aside id="panel" aria-live="polite" aria-label="Layer" hidden></aside>',
      `<script type="application/json" id="layers">${embed(detailsOf(picture))}</script>`,
      `<script>${VIEWER_SCRIPT}</script>`,
    ],
  });
}

const TOOLS = [
  '<div class="tools" role="toolbar" aria-label="View">',
  '<label>Find <input id="find" type="search" placeholder="name, class, shape" autocomplete="off" spellcheck="false"></label>',
  '<output id="found" for="find"></output>',
  '<button id="out" type="button" aria-label="Smaller" title="Smaller (-)">−</button>',
  '<button id="size" type="button" title="Original size (0)">100 %</button>',
  '<button id="in" type="button" aria-label="Larger" title="Larger (+)">+</button>',
  '<button id="fit" type="button" title="Whole drawing (f)">Fit</button>',
  "</div>",
].join("");

function detailsOf(picture: PlacedPicture): unknown {
  return Object.fromEntries(
    picture.boxes.map(({ box: { id, name, className, details } }) => [
      id,
      { name, className, details },
    ]),
  );
}

/** JSON inside a script element: no `<`, so nothing in it can end the element or begin another. */
function embed(value: unknown): string {
  return JSON.stringify(value).replace(/</g, "\\u003c");
}
