import { formatDiagnostic } from "../errors.ts";
import type { TrainingSetup } from "../ir/graph.ts";
import type { Dim } from "../ir/tensor.ts";
import type { Json } from "../json.ts";
import type { ArrayFacts, Inspection, ModelFacts, PortFacts, TreeLine } from "./inspection.ts";
import { counted, memorySize, withCommas } from "./readable.ts";
import { alignedTable, factTable, joinSections } from "./text-table.ts";

/** An inspection as text; it ends with a line feed. */
export function inspectionText(inspection: Inspection): string {
  const { keras, inputs, outputs, preprocessing, arrays, problems, tree } = inspection;
  const facts: (readonly [string, string])[] = [
    ["file", `${inspection.file}, ${memorySize(inspection.bytes, "B")}`],
    ["container", containerText(inspection)],
    ...onnxRows(inspection),
    ...(keras === undefined ? archiveRows(inspection) : modelFacts(keras)),
    ...inputs.map((port) => ["input", portText(port)] as const),
    ...outputs.map((port) => ["output", portText(port)] as const),
    ...(preprocessing === undefined
      ? []
      : [["preprocessing", `${preprocessing.preset}. ${preprocessing.why}`] as const]),
  ];
  return joinSections([
    factTable(facts),
    ...problems.map((problem) =>
      `not readable as a model: ${formatDiagnostic(problem)}`.split("\n"),
    ),
    membersOf(inspection),
    arrays.length === 0 ? [] : arrayTable(arrays),
    tree === undefined ? [] : tree.flatMap(treeText),
  ]);
}

function containerText({ container }: Inspection): string {
  if (container.kind === "zip") return `zip, ${counted(container.members.length, "member")}`;
  if (container.kind === "ONNX") {
    const { irVersion, opsets, files } = container;
    const beside = files.length === 0 ? "" : `, numbers in ${files.join(", ")}`;
    return `ONNX, format ${irVersion}, operators ${opsets.join(", ") || "not stated"}${beside}`;
  }
  if (container.kind === "TensorFlow.js") {
    const { format, files, writer } = container;
    const by = writer.length === 0 ? "" : `, by ${writer.join(", ")}`;
    return `TensorFlow.js ${format.replace("-", " ")}, ${counted(files.length, "file")} of weights${by}`;
  }
  const { superblock, userBlock } = container;
  const before = userBlock === 0 ? "" : `, after a user block of ${userBlock} bytes`;
  return `HDF5, superblock version ${superblock}${before}`;
}

/** Who wrote an archive from which no model can be read. */
function archiveRows({ container }: Inspection): readonly (readonly [string, string])[] {
  if (container.kind !== "zip" || container.keras === undefined) return [];
  return [["written by", `Keras ${oneLine(container.keras)}`]];
}

function onnxRows({ container }: Inspection): readonly (readonly [string, string])[] {
  if (container.kind !== "ONNX") return [];
  const { writer, operators, metadata } = container;
  const count = operators.reduce((sum, [, times]) => sum + times, 0);
  const names = operators.map(([name, times]) => `${name} ${times}`).join(", ");
  return [
    ...(writer === "" ? [] : [["written by", writer] as const]),
    ["nodes", `${withCommas(count)}: ${names}`],
    ...metadata.map(([key, value]) => [oneLine(key), oneLine(value)] as const),
  ];
}

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length <= LONGEST ? line : `${line.slice(0, LONGEST)}…`;
}

const LONGEST = 200;

function modelFacts(model: ModelFacts): readonly (readonly [string, string])[] {
  const { version, backend, form, optimizer, training } = model;
  const writer = [`Keras ${version || "(version unknown)"}`, backend && `on ${backend}`];
  const classes = model.classes.map(([name, count]) => `${name} ${count}`).join(", ");
  return [
    ["written by", `${writer.filter((word) => word !== "").join(" ")}, ${form}`],
    ["model", `"${model.name}", ${model.class}, ${counted(model.layers, "layer")}`],
    ["layers", classes],
    [
      "trained with",
      training === undefined ? "nothing that the file says" : trainingText(training),
    ],
    ...(optimizer === undefined ? [] : [["optimizer state", optimizerText(optimizer)] as const]),
  ];
}

function trainingText({ optimizer, losses, metrics }: TrainingSetup): string {
  const settings = Object.entries(optimizer.config)
    .filter(([key, value]) => key !== "name" && isScalar(value))
    .map(([key, value]) => `${key} ${shortNumber(value)}`);
  return [
    `${optimizer.name}${settings.length === 0 ? "" : ` (${settings.join(", ")})`}`,
    `loss ${losses.join(", ") || "not stated"}`,
    ...(metrics.length === 0 ? [] : [`metrics ${metrics.join(", ")}`]),
  ].join("; ");
}

function isScalar(value: Json | undefined): boolean {
  return typeof value === "number" || typeof value === "boolean" || typeof value === "string";
}

function shortNumber(value: Json | undefined): string {
  return typeof value === "number" ? String(Number(value.toPrecision(6))) : String(value);
}

function optimizerText({ arrays, count, bytes, iterations }: NonNullable<ModelFacts["optimizer"]>) {
  const steps = iterations === null ? "" : `, ${counted(iterations, "step")} made`;
  return `${counted(arrays, "array")}, ${counted(count, "number")}, ${memorySize(bytes, "B")}${steps}`;
}

function portText({ name, shape, dtype }: PortFacts): string {
  return `${name}  ${shapeText(shape)}  ${dtype}`;
}

function shapeText(shape: readonly Dim[]): string {
  if (shape.length === 0) return "scalar";
  return shape.map((dim) => (dim === null ? "?" : String(dim))).join(" × ");
}

function membersOf({ container }: Inspection): readonly string[] {
  if (container.kind !== "zip") return [];
  return alignedTable(
    [
      ["member", "bytes", "packed"],
      ...container.members.map(({ name, bytes, packedBytes }) => [
        name,
        withCommas(bytes),
        withCommas(packedBytes),
      ]),
    ],
    ["left", "right", "right"],
  );
}

/** The arrays of a file, one a line. */
export function arrayTable(arrays: readonly ArrayFacts[]): readonly string[] {
  const odd = arrays.some(({ nans, infinities }) => nans + infinities > 0);
  return alignedTable(
    [
      [
        "array",
        "shape",
        "type",
        "min",
        "max",
        "mean",
        "std",
        "zeros",
        ...(odd ? ["NaN", "inf"] : []),
      ],
      ...arrays.map((array) => [
        array.path,
        shapeText(array.shape),
        array.storage === "contiguous" ? array.dtype : `${array.dtype}, ${array.storage}`,
        ...[array.min, array.max, array.mean, array.std].map(statistic),
        withCommas(array.zeros),
        ...(odd ? [withCommas(array.nans), withCommas(array.infinities)] : []),
      ]),
    ],
    ["left", "left", "left", "right", "right", "right", "right", "right", "right", "right"],
  );
}

function statistic(value: number | null): string {
  return value === null ? "" : String(Number(value.toPrecision(5)));
}

/** One line of a raw tree, its attributes below it. */
export function treeText({ depth, name, what, attributes }: TreeLine): readonly string[] {
  const indent = "  ".repeat(depth);
  return [
    `${indent}${name}${what === "" ? "" : `  ${what}`}`,
    ...attributes.map(([key, value]) => `${indent}  @${key} = ${value}`),
  ];
}
