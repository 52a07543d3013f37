import type { ByteSource } from "../formats/bytes.ts";
import { detectContainer } from "../formats/detect.ts";
import { type Hdf5Dataset, openHdf5 } from "../formats/hdf5/index.ts";
import { listHdf5 } from "../formats/hdf5/tree.ts";
import { openZip } from "../formats/zip.ts";
import type { DiffLayer, DiffSide, DiffWeight } from "./side.ts";

/** The arrays of a file that no architecture explains: one layer for each group; undefined without any. */
export function arraysSide(source: ByteSource): DiffSide | undefined {
  const datasets = datasetsOf(source).filter(({ type }) => NUMERIC.has(type.kind));
  if (datasets.length === 0) return undefined;
  const groups = new Map<string, DiffWeight[]>();
  const optimizer: DiffWeight[] = [];
  for (const dataset of datasets) {
    const [group, role] = placeOf(dataset.path);
    const { shape } = dataset;
    const readInto: DiffWeight["ref"]["readInto"] = (target, start) =>
      dataset.readInto(target, start);
    const weight = { role, ref: { shape, dtype: "float32" as const, readInto } };
    if (/^optimizer(?:_weights)?(?:\/|$)/.test(group)) {
      optimizer.push({ ...weight, role: `${group}/${role}` });
    } else groups.set(group, [...(groups.get(group) ?? []), weight]);
  }
  const layers = [...groups].map(
    ([name, weights]): DiffLayer => ({
      name,
      className: "",
      trainable: true,
      config: {},
      inputs: [],
      weights,
    }),
  );
  return {
    writer: "arrays without an architecture",
    layers,
    architecture: false,
    inputs: [],
    outputs: [],
    optimizer,
  };
}

const NUMERIC: ReadonlySet<string> = new Set(["float", "integer", "enum"]);

function datasetsOf(source: ByteSource): readonly Hdf5Dataset[] {
  const container = detectContainer(source);
  const files = container === "hdf5" ? [source] : container === "zip" ? zipFiles(source) : [];
  return files.flatMap((file) =>
    listHdf5(openHdf5(file).root).flatMap(({ object }) =>
      object?.kind === "dataset" ? [object] : [],
    ),
  );
}

function zipFiles(source: ByteSource): readonly ByteSource[] {
  const zip = openZip(source);
  return zip.names.filter((name) => name.endsWith(".h5")).map((name) => zip.open(name));
}

/** `/model_weights/dense/dense/kernel:0` → `dense`, `kernel`; `/layers/dense/vars/0` → `dense`, `0`. */
function placeOf(path: string): readonly [group: string, role: string] {
  const parts = path.split("/").filter((part) => part !== "");
  const role = (parts.pop() ?? "").replace(/:0$/, "");
  const skipped = parts.filter((part) => part !== "vars" && part !== "model_weights");
  // Legacy files name an array `conv/kernel:0` inside the group `conv`.
  const start =
    skipped[0] === "layers" || (skipped.length > 1 && skipped[0] === skipped[1]) ? 1 : 0;
  return [skipped.slice(start).join("/") || "/", role];
}
