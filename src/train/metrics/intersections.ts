import { isJsonList, type JsonObject } from "../../json.ts";
import { divided, type Measure, type MeasuredBatch } from "./measure.ts";
import { argmax } from "./measures.ts";

/**
 * Keras' metrics of intersection over union, by their classes' names in snake case and with the settings of their configs; undefined for
 * another name, and where outputs and targets do not become equally many class numbers.
 * @see keras/src/metrics/iou_metrics.py
 */
export function intersectionMeasure(
  kind: string,
  config: JsonObject,
  { classes, classTargets }: { readonly classes: number; readonly classTargets: boolean },
): Measure | undefined {
  const made = MADE.get(kind)?.(config);
  if (made === undefined) return undefined;
  const said = made.output === "numbers" ? 1 : classes;
  const wanted = made.target === "numbers" ? 1 : classes;
  // So many numbers of each row make one class number.
  if (classTargets ? made.target !== "numbers" || said !== classes : said !== wanted) {
    return undefined;
  }
  return intersections(made);
}

/** How Keras' `IoU` is made. */
interface Intersections {
  /** Whether each number is a class, each row's largest says it, or each number is above a threshold. */
  readonly output: "numbers" | "rows";
  readonly target: "numbers" | "rows";
  readonly threshold?: number;
  readonly count: number;
  /** Only these classes count. */
  readonly ids: readonly number[];
  readonly ignored: number | undefined;
}

function intersections({ output, target, threshold, count, ids, ignored }: Intersections): Measure {
  const border = threshold === undefined ? undefined : Math.fround(threshold);
  const isClass = (label: number): boolean => label >= 0 && label < count && label !== ignored;
  return {
    inWholeNumbers: true,
    sums(batch) {
      const sums = new Array<number>(count * count).fill(0);
      const said = labelsOf(batch, "output", output, border);
      const wanted = labelsOf(batch, "target", target, undefined);
      const perSample = wanted.length / (batch.weights?.length ?? wanted.length);
      wanted.forEach((label, index) => {
        const own = said[index] ?? -1;
        if (!isClass(label) || !(own >= 0 && own < count)) return;
        const weight = batch.weights?.[Math.floor(index / perSample)] ?? 1;
        sums[label * count + own] = (sums[label * count + own] ?? 0) + weight;
      });
      return sums;
    },
    value(sums) {
      const shares = ids.flatMap((id) => {
        let [said, wanted] = [0, 0];
        for (let other = 0; other < count; other++) {
          said += sums[other * count + id] ?? 0;
          wanted += sums[id * count + other] ?? 0;
        }
        const both = sums[id * count + id] ?? 0;
        const either = said + wanted - both;
        return either === 0 ? [] : [both / either];
      });
      return divided(
        shares.reduce((sum, share) => sum + share, 0),
        shares.length,
      );
    },
  };
}

function labelsOf(
  batch: MeasuredBatch,
  which: "output" | "target",
  by: "numbers" | "rows",
  border: number | undefined,
): ArrayLike<number> & Iterable<number> & Pick<number[], "forEach"> {
  const values = batch[which];
  if (border !== undefined) return Array.from(values, (value) => (value >= border ? 1 : 0));
  if (by === "numbers") return Array.from(values, Math.trunc);
  const { classes } = batch;
  return Array.from({ length: values.length / classes }, (_, row) =>
    argmax(values.subarray(row * classes, (row + 1) * classes)),
  );
}

type Made = (config: JsonObject) => Intersections | undefined;

/** `sparse` is Keras' word for numbers that are classes. */
function ofClasses(all: boolean, usual: "numbers" | "rows"): Made {
  return (config) => {
    const { num_classes: count, target_class_ids: ids, ignore_class: ignored, axis = -1 } = config;
    const { sparse_y_true: target, sparse_y_pred: output } = config;
    if (typeof count !== "number" || !(count > 0 && count < 4096) || axis !== -1) return undefined;
    const stated = isJsonList(ids ?? null) && isJsonList(ids) ? ids : [];
    const every = Array.from({ length: count }, (_, id) => id);
    const by = (sparse: unknown): "numbers" | "rows" =>
      typeof sparse === "boolean" ? (sparse ? "numbers" : "rows") : usual;
    return {
      output: by(output),
      target: usual === "rows" ? "rows" : by(target),
      count,
      ids: all ? every : every.filter((id) => stated.includes(id)),
      ignored: typeof ignored === "number" ? ignored : undefined,
    };
  };
}

const binary: Made = ({ threshold = 0.5, target_class_ids: ids = [0, 1] }) => ({
  output: "numbers",
  target: "numbers",
  threshold: typeof threshold === "number" ? threshold : 0.5,
  count: 2,
  ids: [0, 1].filter((id) => !isJsonList(ids) || ids.includes(id)),
  ignored: undefined,
});

const MADE: ReadonlyMap<string, Made> = new Map([
  ["io_u", ofClasses(false, "numbers")],
  ["mean_io_u", ofClasses(true, "numbers")],
  ["one_hot_io_u", ofClasses(false, "rows")],
  ["one_hot_mean_io_u", ofClasses(true, "rows")],
  ["binary_io_u", binary],
]);

/** The names that are known. */
export function intersectionNames(): readonly string[] {
  return [...MADE.keys()];
}
