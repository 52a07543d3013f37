import { isJsonList, isJsonObject, type Json } from "../json.ts";
import { lossArguments } from "../sources/keras/loss-settings.ts";
import type { DiffSide } from "./side.ts";

/** One value that differs; null where one side has none. */
export interface Change {
  readonly what: string;
  readonly a: Json;
  readonly b: Json;
}

/** Both values when they differ. Numbers that are one in single precision are equal. */
export function compareValues(what: string, a: Json, b: Json): readonly Change[] {
  return text(a) === text(b) ? [] : [{ what, a, b }];
}

/** Differences of loss, metrics and optimizer, as far as both files state them. */
export function compareTraining(a: DiffSide, b: DiffSide): readonly Change[] {
  // Core ML keeps no Keras settings; whether a model can be updated is told beside.
  if (a.said !== undefined || b.said !== undefined) return [];
  const [x, y] = [a.training, b.training].map(unscaled);
  if (x === undefined || y === undefined) {
    return compareValues("compiled", x !== undefined, y !== undefined);
  }
  const settings = new Set([
    ...Object.keys(x.optimizer.config),
    ...Object.keys(y.optimizer.config),
  ]);
  const both = [...settings].filter(
    (key) => !NAMES.has(key) && key in x.optimizer.config && key in y.optimizer.config,
  );
  return [
    ...compareValues("loss", x.losses, y.losses),
    ...compareValues("settings of the loss", settingsOf(x), settingsOf(y)),
    ...compareValues("weights of the losses", x.lossWeights ?? [], y.lossWeights ?? []),
    ...compareValues("metrics", x.metrics.map(metricName), y.metrics.map(metricName)),
    ...compareValues("optimizer", x.optimizer.name, y.optimizer.name),
    ...both
      .sort()
      .flatMap((key) =>
        compareValues(key, x.optimizer.config[key] ?? null, y.optimizer.config[key] ?? null),
      ),
  ];
}

/** In Keras' words, for each output whose loss is made otherwise than by default; some generations write defaults down, others do not. */
function settingsOf({ losses, lossSettings = [] }: NonNullable<DiffSide["training"]>): Json {
  const stated = lossSettings.map((one, index) => {
    const usual = { ...USUAL, alpha: losses[index]?.includes("focal") === true ? 0.25 : 0.5 };
    const own = Object.entries(lossArguments(one)).filter(
      ([key, value]) =>
        text(value) !== text(new Map<string, Json>(Object.entries(usual)).get(key) ?? null),
    );
    return Object.fromEntries(own);
  });
  return stated.every((one) => Object.keys(one).length === 0) ? [] : stated;
}

const USUAL = { delta: 1, gamma: 2, beta: 0.5, q: 0.5 };

/** Mixed precision wraps the optimizer in one that scales the loss; some generations write it down, others do not. */
function unscaled(training: DiffSide["training"]): DiffSide["training"] {
  const inner = training?.optimizer.config.inner_optimizer;
  if (training === undefined || !isJsonObject(inner)) return training;
  const { class_name: className, config } = inner;
  if (typeof className !== "string" || !isJsonObject(config)) return training;
  const name = className.slice(className.lastIndexOf(">") + 1).toLowerCase();
  return { ...training, optimizer: { name, config } };
}

const NAMES: ReadonlySet<string> = new Set(["name", "jit_compile", "is_legacy_optimizer"]);

/** `acc` of the first generations. */
function metricName(name: string): string {
  return name === "acc" ? "accuracy" : name;
}

function text(value: Json): string {
  return JSON.stringify(value, (_, item: Json) => {
    if (typeof item === "number") return Math.fround(item);
    if (isJsonObject(item) && !isJsonList(item)) {
      return Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)));
    }
    return item;
  });
}
