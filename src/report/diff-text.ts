import type { Json } from "../json.ts";
import { alignedTable } from "./text-table.ts";

/** One value that differs; null where one side has none. */
export interface ShownChange {
  readonly what: string;
  readonly a: Json;
  readonly b: Json;
}

/** What differs between two models, as `kc diff --json` prints it. */
export interface ShownDiff {
  readonly equal: boolean;
  readonly architecture: boolean;
  readonly writers: readonly ShownChange[];
  readonly interface: readonly ShownChange[];
  readonly layers: {
    readonly added: readonly ShownLayer[];
    readonly removed: readonly ShownLayer[];
    readonly renamed: readonly { readonly a: string; readonly b: string }[];
    readonly respelled: readonly ShownLayer[];
    readonly changed: readonly (ShownLayer & { readonly changes: readonly ShownChange[] })[];
  };
  readonly weights: {
    readonly layers: number;
    readonly identical: number;
    readonly changed: readonly ShownWeight[];
    readonly reshaped: readonly {
      readonly layer: string;
      readonly role: string;
      readonly a: readonly number[] | null;
      readonly b: readonly number[] | null;
    }[];
    readonly rounded: readonly {
      readonly layer: string;
      readonly role: string;
      readonly how: string;
      readonly largest: number;
    }[];
  };
  readonly frozen: {
    readonly frozen: number;
    readonly frozenUnchanged: number;
    readonly moved: readonly string[];
    readonly statistics: readonly string[];
    readonly trainable: number;
    readonly trainableChanged: number;
  };
  readonly said: readonly ShownChange[];
  readonly training: readonly ShownChange[];
  readonly optimizer:
    | {
        readonly arrays: readonly [number, number];
        readonly identical: number;
        readonly changed: number;
        readonly steps: readonly [number | null, number | null];
      }
    | undefined;
}

/** A layer by name and class. */
export interface ShownLayer {
  readonly name: string;
  readonly className: string;
}

/** An array whose numbers differ. */
export interface ShownWeight {
  readonly layer: string;
  readonly role: string;
  readonly shape: readonly number[];
  readonly largest: number;
  readonly relative: number | null;
  readonly mean: number;
  readonly cosine: number;
}

/** How parts of the text are coloured. */
export type DiffPaint = Readonly<
  Record<"bold" | "removed" | "added" | "changed" | "dim", (text: string) => string>
>;

/** What differs as text, the most important first; it ends with a line feed. */
export function diffText(
  files: { readonly before: string; readonly after: string },
  diff: ShownDiff,
  paint: DiffPaint,
): string {
  const lines = [
    paint.bold(`${files.before} → ${files.after}`),
    ...diff.interface.map((change) => changeLine("", change)),
    ...layerLines(diff, paint),
    ...weightLines(diff),
    ...frozenLines(diff, paint),
    ...diff.said.map((change) => changeLine("", change)),
    ...diff.training.map((change) => changeLine("training: ", change)),
    ...optimizerLines(diff),
    ...diff.writers.map((change) => paint.dim(changeLine("", change))),
    diff.equal ? paint.added(verdict(diff)) : paint.changed("different"),
  ];
  return `${lines.join("\n")}\n`;
}

function verdict({ weights }: ShownDiff): string {
  return weights.rounded.length === 0 ? "equal" : "equal, but for the form of some numbers";
}

/** More lines of one kind than this are counted instead. */
const MAX_LINES = 20;

function layerLines({ layers }: ShownDiff, paint: DiffPaint): readonly string[] {
  const named = ({ name, className }: ShownLayer) =>
    className === "" ? name : `${name} (${className})`;
  return [
    ...limited(layers.removed, "removed layers", (layer) => paint.removed(`- ${named(layer)}`)),
    ...limited(layers.added, "added layers", (layer) => paint.added(`+ ${named(layer)}`)),
    ...limited(grouped(layers.changed), "groups of changed layers", ({ of, changes }) =>
      [
        paint.changed(`~ ${limitedNames(of.map(named))}`),
        ...changes.map((change) => changeLine("    ", change)),
      ].join("\n"),
    ),
    ...(layers.respelled.length === 0
      ? []
      : [paint.changed(`${RESPELLED} (kc verify tells whether it computes the same):`)]),
    ...limited(layers.respelled, "layers", (layer) => paint.changed(`~ ${named(layer)}`)),
    ...(layers.renamed.length === 0
      ? []
      : [paint.dim(`${counted(layers.renamed.length, "layer has", "layers have")} another name:`)]),
    ...limited(layers.renamed, "renamed layers", ({ a, b }) => paint.dim(`  ${a} → ${b}`)),
  ];
}

const RESPELLED = "written by other steps, which are not compared";

type Changed = ShownDiff["layers"]["changed"][number];

/** Layers in which the same changed stand together. */
function grouped(
  layers: readonly Changed[],
): readonly { readonly of: readonly Changed[]; readonly changes: readonly ShownChange[] }[] {
  const groups = new Map<string, Changed[]>();
  for (const layer of layers) {
    const key = JSON.stringify(layer.changes);
    groups.set(key, [...(groups.get(key) ?? []), layer]);
  }
  return [...groups.values()].map((of) => ({ of, changes: of[0]?.changes ?? [] }));
}

function limitedNames(names: readonly string[]): string {
  if (names.length <= 4) return names.join(", ");
  return `${names.slice(0, 3).join(", ")} and ${names.length - 3} other layers`;
}

function weightLines({ weights }: ShownDiff): readonly string[] {
  const { layers, identical, changed, reshaped } = weights;
  if (layers === 0) return [];
  const shown = changed.slice(0, MAX_LINES);
  const table = alignedTable(
    [
      ["  array", "shape", "largest change", "share", "mean", "cosine"],
      ...shown.map((weight) => [
        `  ${weight.layer} ${weight.role}`,
        weight.shape.join(" × ") || "scalar",
        short(weight.largest),
        weight.relative === null ? "from 0" : short(weight.relative),
        short(weight.mean),
        weight.cosine.toFixed(6),
      ]),
    ],
    ["left", "left", "right", "right", "right", "right"],
  );
  return [
    `weights: ${identical} of ${counted(layers, "layer", "layers")} identical bit for bit`,
    ...limited(reshaped, "arrays that cannot be compared", ({ layer, role, a, b }) => {
      return `  ${layer} ${role}: ${shapeText(a)} → ${shapeText(b)}`;
    }),
    ...roundedLines(weights.rounded),
    ...(shown.length === 0 ? [] : table),
    ...(changed.length > MAX_LINES ? [`  … and ${changed.length - MAX_LINES} other arrays`] : []),
  ];
}

/** Arrays of one form stand together. */
function roundedLines(rounded: ShownDiff["weights"]["rounded"]): readonly string[] {
  return [...new Set(rounded.map(({ how }) => how))].map((how) => {
    const own = rounded.filter((one) => one.how === how);
    const worst = own.reduce((a, b) => (b.largest > a.largest ? b : a));
    const error =
      worst.largest === 0
        ? ""
        : `, off by at most ${short(worst.largest)} (${worst.layer} ${worst.role})`;
    return `  ${counted(own.length, "array holds", "arrays hold")} the same numbers ${how}${error}`;
  });
}

function frozenLines({ frozen, architecture }: ShownDiff, paint: DiffPaint): readonly string[] {
  if (!architecture || frozen.frozen === 0) return [];
  const { trainable, trainableChanged: changed } = frozen;
  const kept = `${frozen.frozenUnchanged} of ${counted(frozen.frozen, "frozen layer", "frozen layers")} unchanged`;
  const moved = frozen.moved.filter((name) => !frozen.statistics.includes(name));
  return [
    `frozen: ${kept}; ${changed} of ${counted(trainable, "trainable layer", "trainable layers")} changed`,
    ...limited(moved, "frozen layers that moved", (name) =>
      paint.removed(`  ${name} is frozen, but its weights moved`),
    ),
    ...limited(frozen.statistics, "frozen layers whose statistics moved", (name) =>
      paint.changed(`  ${name} is frozen, but its statistics of batches moved`),
    ),
  ];
}

function optimizerLines({ optimizer }: ShownDiff): readonly string[] {
  if (optimizer === undefined) return [];
  const { arrays, changed, identical, steps } = optimizer;
  const [a, b] = steps;
  const made = a === b ? "" : `, steps ${a ?? "unknown"} → ${b ?? "unknown"}`;
  if (arrays[0] !== arrays[1]) {
    return [`optimizer state: ${arrays[0]} → ${counted(arrays[1], "array", "arrays")}${made}`];
  }
  return changed === 0
    ? [`optimizer state: ${counted(identical, "array", "arrays")} identical`]
    : [`optimizer state: ${changed} of ${arrays[0]} arrays changed${made}`];
}

function limited<T>(
  items: readonly T[],
  what: string,
  line: (item: T) => string,
): readonly string[] {
  const shown = items.slice(0, MAX_LINES).map(line);
  return items.length > MAX_LINES
    ? [...shown, `  … and ${items.length - MAX_LINES} other ${what}`]
    : shown;
}

function changeLine(start: string, { what, a, b }: ShownChange): string {
  return `${start}${what}: ${valueText(a)} → ${valueText(b)}`;
}

function valueText(value: Json): string {
  if (value === null) return "none";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length <= 120 ? text : `${text.slice(0, 117)}…`;
}

function shapeText(shape: readonly number[] | null): string {
  return shape === null ? "none" : shape.join(" × ") || "scalar";
}

function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
