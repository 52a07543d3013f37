import { instance } from "@viz-js/viz";
import type { LayerSummary, ModelSummary } from "../../../src/ir/model-summary.ts";
import { describeModel, type PictureOptions } from "../../../src/report/plot/describe-model.ts";
import { layoutGraph } from "../../../src/report/plot/layout-graph.ts";
import type { Picture } from "../../../src/report/plot/picture.ts";
import { type PlacedPicture, placePicture } from "../../../src/report/plot/place.ts";

export const OPTIONS: PictureOptions = {
  direction: "TB",
  expand: true,
  shapes: true,
  dtypes: false,
  trainable: false,
};

export const viz = await instance();

/** A picture of a model. */
export function pictureOf(model: ModelSummary, options: Partial<PictureOptions> = {}): Picture {
  return describeModel(model, { ...OPTIONS, ...options });
}

/** Places a picture, in this thread. */
export function placed(picture: Picture): PlacedPicture {
  const result = viz.render(layoutGraph(picture), { format: "json0" });
  if (result.status !== "success") throw new Error(JSON.stringify(result.errors));
  return placePicture(picture, JSON.parse(result.output));
}

/** A layer that is called once for each list of inputs, given as `name` or `name:call` or `name:call:tensor`. */
export function layer(
  name: string,
  className: string,
  calls: readonly (readonly string[])[],
  more: Partial<LayerSummary> = {},
): LayerSummary {
  return {
    name,
    path: name,
    className,
    trainable: true,
    weights: [],
    calls: calls.map((inputs) => ({
      inputs: inputs.map((text) => {
        const [source = "", call = 0, tensor = 0] = text.split(":");
        return { layer: source, call: Number(call), tensor: Number(tensor) };
      }),
      outputs: [[null, 8]],
    })),
    ...more,
  };
}

/** A functional model of layers. */
export function model(...layers: readonly LayerSummary[]): ModelSummary {
  return { name: "model", className: "Functional", style: "keras3", sequential: false, layers };
}

/** Two inputs through one shared model, which holds a Sequential. */
export function siamese(): ModelSummary {
  const projection = layer("projection", "Sequential", [["digit"]], {
    model: {
      sequential: true,
      built: true,
      layers: [
        layer("input", "InputLayer", [[]]),
        layer("wide", "Dense", [["input"]], { config: { units: 16, activation: "relu" } }),
        layer("narrow", "Dense", [["wide"]], { config: { units: 8, activation: "linear" } }),
      ],
      inputs: [{ layer: "input", call: 0, tensor: 0 }],
      results: [{ layer: "narrow", call: 0, tensor: 0 }],
      outputs: [[null, 8]],
    },
  });
  const encoder = layer("encoder", "Functional", [["left"], ["right"]], {
    model: {
      sequential: false,
      built: true,
      layers: [layer("digit", "InputLayer", [[]]), projection],
      inputs: [{ layer: "digit", call: 0, tensor: 0 }],
      results: [{ layer: "projection", call: 0, tensor: 0 }],
      outputs: [[null, 8]],
    },
  });
  return model(
    layer("left", "InputLayer", [[]]),
    layer("right", "InputLayer", [[]]),
    encoder,
    layer("difference", "Subtract", [["encoder:0", "encoder:1"]]),
  );
}

/** Names that a stranger's file may have. */
export const HOSTILE = [
  "<script>alert(1)</script>",
  "</script><script>alert(2)</script>",
  "\"'`]]>--><!--&amp;&#x3c;",
  'a"]; evil [label="x',
  "a\\N\\G\\\\l\\",
  "line\nfeed\r\ttab\u0000null\u001b[31m",
  "\u202egnp.exe\u202c \u05e9\u05dc\u05d5\u05dd",
  "subgraph end; click n0 call alert()",
  "%%{init: {}}%%",
  "#quot;#35;",
  "层名 слой 🦊 \ud800 \uffff",
  "n".repeat(5000),
  "",
] as const;

/** A chain of layers with such names, classes and settings. */
export function hostile(): ModelSummary {
  return model(
    ...HOSTILE.map((name, index) =>
      layer(
        name,
        index === 0 ? "InputLayer" : name,
        index === 0 ? [[]] : [[HOSTILE[index - 1] ?? ""]],
        {
          config: { activation: name, [name]: name },
        },
      ),
    ),
  );
}
