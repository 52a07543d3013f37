import { withCommas } from "./readable.ts";
import { alignedTable } from "./text-table.ts";

/** What a training run would change, and with which pictures. */
export interface TrainPlan {
  readonly model: string;
  /** What was changed in the model beforehand, a sentence each. */
  readonly changes: readonly string[];
  /** Layers with weights, in the model's order. */
  readonly layers: readonly PlannedLayer[];
  readonly parameters: number;
  /** Those of them that gradients change. */
  readonly trained: number;
  readonly optimizer: string;
  readonly losses: readonly string[];
  readonly metrics: readonly string[];
  readonly classes: readonly PlannedClass[];
}

/** One layer of a plan. */
export interface PlannedLayer {
  readonly path: string;
  readonly className: string;
  readonly trainable: boolean;
  readonly parameters: number;
  readonly trained: number;
}

/** The pictures of one class. */
export interface PlannedClass {
  readonly label: string;
  readonly pictures: number;
  readonly validation: number;
}

/** A plan as `kc train --dry-run` prints it. */
export function trainPlanText(plan: TrainPlan): string {
  const layers = plan.layers.map(({ path, className, trainable, parameters }) => [
    path,
    className,
    withCommas(parameters),
    trainable ? "trained" : "frozen",
  ]);
  const table = alignedTable(
    [["layer", "class", "parameters", ""], ...layers],
    ["left", "left", "right", "left"],
  );
  const changed = plan.layers.filter(({ trainable }) => trainable).length;
  const { parameters, trained, optimizer, losses, metrics } = plan;
  const measured = metrics.length === 0 ? "" : `, measured: ${metrics.join(", ")}`;
  return [
    ...plan.changes,
    ...table,
    "",
    `${withCommas(trained)} of ${withCommas(parameters)} parameters are trained, in ${changed} of ${layers.length} layers with weights.`,
    `${optimizer}, ${losses.join(", ")}${measured}`,
    "",
    ...classLines(plan.classes),
    "",
  ].join("\n");
}

function classLines(classes: readonly PlannedClass[]): readonly string[] {
  const sum = (key: "pictures" | "validation"): number =>
    classes.reduce((total, one) => total + one[key], 0);
  const validates = sum("validation") > 0;
  const cells = (label: string, pictures: number, validation: number): readonly string[] => {
    const first = [label, withCommas(pictures)];
    return validates ? [...first, withCommas(validation)] : first;
  };
  const rows = classes.map((one) => cells(one.label, one.pictures, one.validation));
  const head = validates ? ["class", "pictures", "validation"] : ["class", "pictures"];
  const total = cells("all", sum("pictures"), sum("validation"));
  return alignedTable([head, ...rows, total], ["left", "right", "right"]);
}
