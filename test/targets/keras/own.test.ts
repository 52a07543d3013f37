import { describe, expect, test } from "vitest";
import { bytesSource, collectBytes } from "../../../src/formats/bytes.ts";
import { type Hdf5Object, openHdf5 } from "../../../src/formats/hdf5/index.ts";
import { listHdf5 } from "../../../src/formats/hdf5/tree.ts";
import { openZip } from "../../../src/formats/zip.ts";
import type { Graph } from "../../../src/ir/graph.ts";
import { readFloat32, type WeightRef } from "../../../src/ir/tensor.ts";
import type { TracedModel } from "../../../src/sources/keras/traced-model.ts";
import { type TrainedModel, writeKeras } from "../../../src/targets/keras/index.ts";
import { type ModelFile, modelFiles } from "./files.ts";

/** Every group, array and attribute of a file, as texts by path. */
function contentOf({ container }: ModelFile, bytes: Uint8Array): ReadonlyMap<string, string> {
  const source = bytesSource(bytes);
  const zip = container === ".keras" ? openZip(source) : undefined;
  const { root } = openHdf5(zip?.open("model.weights.h5") ?? source);
  const objects = listHdf5(root).map(({ path, object }) => [path, describeObject(object)] as const);
  const texts = ["config.json", "metadata.json"].flatMap((name) => {
    const member = zip?.open(name);
    const text = new Uint8Array(member?.size ?? 0);
    member?.readInto(0, text);
    return zip === undefined ? [] : [[name, new TextDecoder().decode(text)] as const];
  });
  return new Map([["/", describeObject(root)], ...objects, ...texts]);
}

function describeObject(object: Hdf5Object | undefined): string {
  if (object === undefined) return "";
  const { attributes } = object;
  const names = [...attributes.keys()].sort();
  const stated = names.map((name) => [name, attributes.get(name), attributes.describe(name)]);
  const text = JSON.stringify(stated, (_, value) =>
    typeof value === "bigint" ? String(value) : value,
  );
  if (object.kind !== "dataset") return text;
  const numbers = new Float64Array(object.shape.reduce((size, dim) => size * dim, 1));
  object.readInto(numbers, 0);
  return `${text} ${object.dtype} ${object.shape} ${numbers.join()}`;
}

function written(file: ModelFile, traced: TracedModel, trained?: TrainedModel): Uint8Array {
  const { generation } = traced.archive.dialect;
  const isOwn = generation === "tf" || file.container === ".h5";
  const keras = isOwn ? {} : { keras: generation };
  const options = { container: file.container, ...keras, ...(trained && { trained }) };
  return collectBytes(writeKeras(traced, options).file);
}

function weightsOf(graph: Graph | undefined): ReadonlyMap<string, WeightRef> {
  return new Map(
    (graph?.nodes ?? []).flatMap(({ id, op }) =>
      Object.entries<WeightRef | undefined>(op.weights).flatMap(([role, ref]) =>
        ref === undefined ? [] : [[`${id} ${role}`, ref] as const],
      ),
    ),
  );
}

/** Whether a weight is one of the file, and not a number of a config or computed from several. */
function isStored({ id }: WeightRef): boolean {
  return /(^|[(;])\//.test(id) && !/^[a-z1/-]*deviation|^mean|connections/.test(id);
}

/** Other numbers for each weight of the file, which every type of number has. */
function changed(traced: TracedModel): ReadonlyMap<string, Float32Array> {
  return new Map(
    [...weightsOf(traced.trace.graph).values()].filter(isStored).map((ref) => {
      const numbers = readFloat32(ref).map((_, at) => ((at % 96) - 40) / 32);
      return [ref.id, numbers] as const;
    }),
  );
}

/** Weights that do not have the numbers that they were given. */
function wrong(
  before: TracedModel,
  after: TracedModel,
  values: ReadonlyMap<string, Float32Array>,
): readonly string[] {
  const now = weightsOf(after.trace.graph);
  return [...weightsOf(before.trace.graph)].flatMap(([place, { id }]) => {
    const right = values.get(id);
    const ref = now.get(place);
    if (right === undefined) return [];
    const numbers = ref === undefined ? [] : readFloat32(ref);
    return right.length === numbers.length && right.every((value, at) => numbers[at] === value)
      ? []
      : [place];
  });
}

const FILES = modelFiles(["micro", "generations", "layers", "snacks"]);

/** Weights of tf.keras alone become files of Keras 3, since their name is that of its files. */
const OWN = FILES.filter(({ id }) => !/(tf[^/]*|2210[^/]*)\/weights\.h5$/.test(id));

/** Each number of its weights stands in several places of the graph. */
const SHARED = "layers/k3_gqa/model.keras";

describe("a file in the words of its own generation", () => {
  test.each(OWN.map((file) => [file.id, file] as const))(
    "is as it was, and takes trained weights, edited or not: %s",
    (id, file) => {
      const traced = file.open(file.bytes);
      expect(contentOf(file, written(file, traced))).toEqual(contentOf(file, file.bytes));
      const values = changed(traced);
      if (values.size === 0 || id === SHARED) return;
      const trained = written(file, traced, { values });
      expect(wrong(traced, file.open(trained), values)).toEqual([]);
      const archive = { ...traced.archive, model: { ...traced.archive.model } };
      const edited = written(file, { ...traced, archive }, { values });
      expect(wrong(traced, file.open(edited), values)).toEqual([]);
    },
  );

  test("refuses numbers that differ where the file has one for all", () => {
    const file = FILES.find(({ id }) => id === SHARED);
    const traced = file?.open(file.bytes);
    if (file === undefined || traced === undefined) throw new Error("no such file");
    expect(() => written(file, traced, { values: changed(traced) })).toThrow(
      'Layer "grouped_query_attention" (GroupQueryAttention): its trained numbers cannot be written in the form that files have.',
    );
  });
});
