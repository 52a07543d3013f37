import { createHash } from "node:crypto";
import { DOMParser } from "@xmldom/xmldom";
import { describe, expect, it } from "vitest";
import { dotDocument } from "../../../src/report/plot/dot.ts";
import { htmlDocument } from "../../../src/report/plot/html.ts";
import { VIEWER_SCRIPT, VIEWER_SCRIPT_HASH } from "../../../src/report/plot/html-script.ts";
import { mermaidDocument } from "../../../src/report/plot/mermaid.ts";
import { svgDocument } from "../../../src/report/plot/svg.ts";
import { HOSTILE, hostile, pictureOf, placed, siamese, viz } from "./draw.ts";

/** The elements of an XML document; throws when it is not well-formed. */
function parseXml(text: string) {
  const parser = new DOMParser({
    onError: (level, message) => {
      throw new Error(`${level}: ${message}`);
    },
  });
  return parser.parseFromString(text, "text/xml");
}

function textsOf(text: string, tag: string): readonly string[] {
  return [...parseXml(text).getElementsByTagName(tag)].map((item) => item.textContent ?? "");
}

describe("an SVG document", () => {
  it("is well-formed and shows every layer", () => {
    const texts = textsOf(svgDocument(placed(pictureOf(siamese())), { theme: "auto" }), "text");
    for (const text of ["left", "encoder · Functional · shared ×2", "16 units, relu", "call 2"]) {
      expect(texts).toContain(text);
    }
  });

  it("shows hostile names as text", () => {
    const svg = svgDocument(placed(pictureOf(hostile())), { theme: "auto" });
    expect(textsOf(svg, "script")).toEqual([]);
    expect(textsOf(svg, "title").join("\n")).toContain("<script>alert(1)</script>");
    expect(textsOf(svg, "title").join("\n")).toContain("\\u202egnp.exe");
  });

  it("keeps every text inside its box", () => {
    for (const { texts, width } of placed(pictureOf(hostile())).boxes) {
      for (const { x } of texts) expect(x).toBeLessThanOrEqual(width);
      expect(width).toBeLessThanOrEqual(300);
    }
  });

  it("keeps boxes inside their frames and apart from each other", () => {
    const { boxes, frames } = placed(pictureOf(siamese()));
    for (const { box, x, y, width, height } of boxes) {
      const around = frames.find(({ frame }) => frame.id === box.frame);
      if (around === undefined) continue;
      expect(x).toBeGreaterThanOrEqual(around.x);
      expect(y).toBeGreaterThanOrEqual(around.y + 20);
      expect(x + width).toBeLessThanOrEqual(around.x + around.width);
      expect(y + height).toBeLessThanOrEqual(around.y + around.height);
    }
    const [left, right] = boxes;
    expect((left?.x ?? 0) + (left?.width ?? 0)).toBeLessThan(right?.x ?? 0);
  });

  it("is the same each time", () => {
    const draw = () => svgDocument(placed(pictureOf(siamese())), { theme: "auto" });
    expect(draw()).toBe(draw());
  });

  it("flows to the right when asked", () => {
    const { width, height } = placed(pictureOf(siamese(), { direction: "LR" }));
    expect(width).toBeGreaterThan(height);
  });
});

describe("an HTML document", () => {
  const html = htmlDocument(placed(pictureOf(hostile())));

  it("holds its own script and that of nobody else", () => {
    expect(html.match(/<script/g)).toHaveLength(2);
    expect(html.match(/<\/script/g)).toHaveLength(2);
    expect(html).not.toMatch(/\s(src|href)=/);
  });

  it("names that script in its policy", () => {
    const digest = createHash("sha256").update(VIEWER_SCRIPT).digest("base64");
    expect(VIEWER_SCRIPT_HASH).toBe(`sha256-${digest}`);
    expect(html).toContain(`script-src 'sha256-${digest}'`);
  });

  it("knows everything about each layer", () => {
    const json = /<script type="application\/json" id="layers">(.*?)<\/script>/.exec(html)?.[1];
    const layers: Readonly<Record<string, { readonly name: string; readonly details: unknown }>> =
      JSON.parse(json ?? "");
    expect(Object.keys(layers)).toHaveLength(HOSTILE.length);
    expect(layers.n0?.name).toBe("<script>alert(1)</script>");
    expect(layers.n0?.details).toContainEqual({
      heading: "Settings",
      rows: [
        ["activation", "<script>alert(1)</script>"],
        ["<script>alert(1)</script>", "<script>alert(1)</script>"],
      ],
    });
  });

  it("has a script that browsers can read", () => {
    expect(() => new Function(VIEWER_SCRIPT)).not.toThrow();
  });
});

describe("a DOT document", () => {
  it("is read by Graphviz with every name as it is", () => {
    const result = viz.render(dotDocument(pictureOf(hostile())), { format: "svg" });
    expect(result.status).toBe("success");
    expect(result.errors.filter(({ message }) => !message.includes("non-ASCII"))).toEqual([]);
    const texts = textsOf(result.output ?? "", "text");
    expect(texts).toContain("<script>alert(1)</script>");
    expect(texts).toContain("a\\N\\G\\\\l\\");
    expect(texts).toContain("\"'`]]>--><!--&amp;&#x3c;");
  });

  it("has a cluster for each nested model", () => {
    const text = dotDocument(pictureOf(siamese()));
    expect(text.match(/subgraph cluster_/g)).toHaveLength(2);
    expect(text).toContain('n0 -> n2 [label="call 1", tooltip="(None, 8)"];');
  });
});

describe("a Mermaid document", () => {
  it("nests its subgraphs", () => {
    expect(mermaidDocument(pictureOf(siamese(), { shapes: false }))).toBe(
      `flowchart TB
  n0["<b>InputLayer</b><br/>left"]:::of_port
  n1["<b>InputLayer</b><br/>right"]:::of_port
  n5["<b>Subtract</b><br/>difference<br/>output"]:::of_merge
  subgraph f0["encoder · Functional · shared ×2"]
    n2["<b>InputLayer</b><br/>digit"]:::of_port
    subgraph f1["projection · Sequential"]
      n3["<b>Dense</b><br/>wide<br/>16 units, relu"]:::of_dense
      n4["<b>Dense</b><br/>narrow<br/>8 units"]:::of_dense
    end
  end
  n3 --> n4
  n2 --> n3
  n0 -->|"call 1"| n2
  n1 -->|"call 2"| n2
  n4 -->|"call 1"| n5
  n4 -->|"call 2"| n5
  classDef of_port fill:#263238,color:#fff,stroke:#fff
  classDef of_dense fill:#6a3d9a,color:#fff,stroke:#fff
  classDef of_merge fill:#0b6b73,color:#fff,stroke:#fff
`,
    );
  });

  it("spells hostile names as numbers", () => {
    const lines = mermaidDocument(pictureOf(hostile())).split("\n");
    const [, first = ""] = lines;
    expect(first).toContain("#60;script#62;alert(1)#60;/script#62;");
    expect(
      lines.filter(
        (line) =>
          !/^( *n\d+(\["[^"]*"\]:::of_\w+| --> n\d+)| *classDef .*|flowchart TB|)$/.test(line),
      ),
    ).toEqual([]);
  });
});
