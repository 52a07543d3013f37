import {
  type AttributeContent,
  addDataset,
  createGroup,
  ELEMENT_SIZE,
  type GroupDraft,
  groupAt,
} from "../../../src/formats/hdf5-writer/index.ts";
import type { DType } from "../../../src/ir/tensor.ts";

/** Adds an array of the bytes 1, 2, 3, …, which are sound numbers of any type. */
export function addCounting(
  root: GroupDraft,
  path: string,
  dtype: DType,
  shape: readonly number[],
  attributes: ReadonlyMap<string, AttributeContent> = new Map(),
): void {
  const byteLength = ELEMENT_SIZE[dtype] * shape.reduce((size, dim) => size * dim, 1);
  const bytes = new Uint8Array(byteLength).map((_, at) => (dtype === "bool" ? at % 2 : at % 61));
  const data = { byteLength, chunks: () => [bytes] };
  addDataset(root, path, { kind: "dataset", dtype, shape, attributes, data });
}

const TYPES = ["float64", "float32", "float16", "int64", "int32", "uint8", "int8"] as const;

/** All that a file may hold: nested and empty groups, long and foreign names, hundreds of members, every type, scalars. */
export function everything(): GroupDraft {
  const root = createGroup();
  root.attributes.set("model_config", text(`{"long": "${"x".repeat(200_000)}"}`, "ascii"));
  root.attributes.set("keras_version", text("3.15.1", "utf-8"));
  root.attributes.set("nothing", text("", "ascii"));
  root.attributes.set("foreign", text("Grüße, 世界", "utf-8"));
  root.attributes.set("names", { kind: "texts", values: ["a", "longer name", "mädchen", ""] });
  root.attributes.set("no_names", { kind: "texts", values: [] });
  for (const dtype of TYPES) {
    addCounting(root, `types/${dtype}`, dtype, [2, 3]);
    addCounting(root, `scalars/${dtype}`, dtype, []);
    addCounting(root, `empty/${dtype}`, dtype, [0, 4]);
  }
  for (let at = 0; at < 700; at += 1) {
    const attributes = new Map([["name", text(`layer ${at}`, "utf-8")]]);
    addCounting(root, `many/layer_${at}/vars/0`, "float32", [1, (at % 5) + 1], attributes);
  }
  addCounting(root, `${"long".repeat(500)}/${"name".repeat(700)}`, "int64", [3]);
  addCounting(root, "a/b/c/d/e/f/g/h/kernel:0", "float32", [3, 3, 1, 2]);
  groupAt(root, "vacant/inside");
  groupAt(root, "été/世界");
  return root;
}

function text(value: string, charset: "ascii" | "utf-8"): AttributeContent {
  return { kind: "text", value, charset };
}
