import type {
  CoreMLContainer,
  CoreMLFacts,
  CoreMLInspection,
  FeatureFacts,
} from "./coreml-inspection.ts";
import { arrayTable, treeText } from "./inspection-text.ts";
import { counted, memorySize } from "./readable.ts";
import { factTable, joinSections } from "./text-table.ts";

/** An inspection of a Core ML file as text; it ends with a line feed. */
export function coreMLInspectionText(inspection: CoreMLInspection): string {
  const { file, bytes, container, model, metadata, arrays, tree } = inspection;
  const rows: readonly Row[] = [
    ["file", `${file}, ${memorySize(bytes, "B")}`],
    ["container", containerText(container)],
    ...modelRows(model),
    ...metadata.map(([key, value]) => [key, oneLine(value)] as const),
  ];
  return joinSections([
    factTable(rows),
    ...memberTables(model.models, ""),
    arrays.length === 0 ? [] : arrayTable(arrays),
    tree === undefined ? [] : tree.flatMap(treeText),
  ]);
}

type Row = readonly [key: string, value: string];

type Sections = readonly (readonly string[])[];

function memberTables(models: readonly CoreMLFacts[], prefix: string): Sections {
  return models.flatMap((model, index) => {
    const number = `${prefix}${index + 1}`;
    const rows: readonly Row[] = [["model", number], ...modelRows(model)];
    return [factTable(rows), ...memberTables(model.models, `${number}.`)];
  });
}

function containerText({ kind, zipped, path }: CoreMLContainer): string {
  const what = kind === "mlmodel" ? "Core ML model" : "Core ML package";
  const within = path === undefined ? "" : `, the model is ${path}`;
  return `${zipped ? `zip file with a ${what}` : what}${within}`;
}

function modelRows(model: CoreMLFacts): readonly Row[] {
  const { kind, specificationVersion, systems, writer, labels, training, functions } = model;
  const layers = model.layers.reduce((sum, [, count]) => sum + count, 0);
  const word = kind === "ML Program" ? "operation" : "layer";
  return [
    ["kind", `${kind}, specification ${specificationVersion}: ${systems}`],
    ...(writer === undefined ? [] : [["written by", writer] as const]),
    ...(functions.length === 0 ? [] : [["functions", functions.join(", ")] as const]),
    ...model.inputs.map((one) => ["input", featureText(one)] as const),
    ...model.states.map((one) => ["state", featureText(one)] as const),
    ...model.outputs.map((one) => ["output", featureText(one)] as const),
    ...model.preprocessing.map(({ input, steps, preset }) => {
      const named = preset === undefined ? "" : `, which is ${preset}`;
      return ["preprocessing", `${input}  ${steps}${named}`] as const;
    }),
    ...(labels === undefined ? [] : [["labels", labelsText(labels)] as const]),
    ...(layers === 0
      ? []
      : [
          [
            `${word}s`,
            `${counted(layers, word)}: ${model.layers.map(([name, count]) => `${name} ${count}`).join(", ")}`,
          ] as const,
        ]),
    ...(training === undefined
      ? []
      : [
          ["trains", training.layers.join(", ")] as const,
          ["trained by", training.setup.join("; ")] as const,
        ]),
  ];
}

function featureText({ name, type, optional, description }: FeatureFacts): string {
  const parts = [name, type, ...(optional ? ["optional"] : [])];
  if (description !== undefined) parts.push(`– ${oneLine(description)}`);
  return parts.join("  ");
}

function labelsText({ count, type, first }: NonNullable<CoreMLFacts["labels"]>): string {
  const more = count > first.length ? ", …" : "";
  const what = type === "number" ? " numbers" : "";
  return `${count}${what}: ${first.join(", ")}${more}`;
}

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length <= LONGEST ? line : `${line.slice(0, LONGEST)}…`;
}

const LONGEST = 200;
