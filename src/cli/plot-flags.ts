import { ANY_MODEL, type CommandSpec, type FlagGroup } from "./command.ts";
import { READING_FLAGS } from "./convert-flags.ts";

/** Every option of `kc plot`. */
export const PLOT_FLAGS: readonly FlagGroup[] = [
  {
    heading: "The file written:",
    flags: [
      { flags: "-o, --output <file>", about: "where to; without it, the standard output" },
      {
        flags: "--format <format>",
        about: "where the file's ending does not say; else svg",
        choices: ["svg", "html", "png", "dot", "mermaid"],
      },
      {
        flags: "--scale <number>",
        about: "pixels of a PNG for each of the drawing; else 2",
        number: {},
      },
      { flags: "--force", about: "replace an output that exists" },
    ],
  },
  {
    heading: "The drawing:",
    flags: [
      {
        flags: "--direction <direction>",
        about: "where the data flows, down or to the right; else TB",
        choices: ["TB", "LR"],
      },
      { flags: "--no-expand", about: "nested models as one box each" },
      { flags: "--no-shapes", about: "leave out the shapes" },
      { flags: "--dtypes", about: "say what each layer computes in" },
      { flags: "--trainable", about: "mark the layers that are not trained" },
    ],
  },
  { heading: "Reading the model:", flags: READING_FLAGS },
  { heading: "The command:", flags: [{ flags: "--quiet", about: "errors only" }] },
];

const EXAMPLES = `
Formats, by the output's ending: .svg, .html (search, zoom, every setting of a layer), .png, .dot or .gv (Graphviz),
.mmd or .mermaid (for Markdown).

Examples:
  $ kc plot model.h5 -o model.svg
  $ kc plot model.keras -o model.html
  $ kc plot model.keras --direction LR --no-expand -o model.png
  $ kc plot model.h5 --format dot | dot -Tpdf > model.pdf
`;

/** `kc plot`. */
export const PLOT_COMMAND: CommandSpec = {
  name: "plot",
  about: "draw a model: SVG, HTML, PNG, Graphviz, Mermaid",
  arguments: [["<model>", ANY_MODEL]],
  groups: PLOT_FLAGS,
  after: EXAMPLES,
  async run([model = ""], flags) {
    const { plot } = await import("./plot.ts");
    return plot(model, flags);
  },
};
