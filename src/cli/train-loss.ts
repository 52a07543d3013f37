import { fail } from "../errors.ts";
import { plainLossName, rowLossNames } from "../evaluate/index.ts";
import type { LossSettings } from "../ir/graph.ts";
import type { Json } from "../json.ts";
import { lossSettings } from "../sources/keras/loss-settings.ts";
import { snakeCase } from "../sources/keras/parse-model.ts";
import { nearNames } from "../surgery/near-names.ts";
import { checkLoss } from "../train/loss-way.ts";
import { parseList, parseNumber } from "./parse-values.ts";

/** A loss that was typed. */
export interface TypedLoss {
  /** As it was typed, classes in snake case. */
  readonly name: string;
  readonly settings: LossSettings;
}

/**
 * `mse`, `kl_divergence`, `KLDivergence`, or with settings: `huber,delta=0.5`. Throws `bad-option` for what is no loss or no setting,
 * and `unsupported` for a loss that cannot be trained with.
 */
export function parseLoss(text: string): TypedLoss {
  const [word = "", ...items] = parseList("--loss", text);
  const name = /^[A-Z]/.test(word) ? snakeCase(word) : word.toLowerCase();
  const names = rowLossNames();
  if (!names.includes(plainLossName(name)) && !REFUSED.includes(name)) {
    const near = nearNames(name, names, 3).map((one) => `"${one}"`);
    fail("bad-option", `--loss is "${word}", which is no loss of Keras.`, {
      hint:
        near.length > 0
          ? `Did you mean ${near.join(" or ")}?`
          : `Expected one of ${names.join(", ")}.`,
    });
  }
  const config = Object.fromEntries(items.map(parseSetting));
  const settings = lossSettings({ class_name: name, config });
  checkLoss(name, settings);
  return { name, settings };
}

/** Known, and refused with a reason of their own. */
const REFUSED = ["circle", "ctc"];

function parseSetting(item: string): readonly [key: string, value: Json] {
  const [key = "", value] = item.split(/=(.*)/s);
  const plain = key.trim().toLowerCase().replaceAll("-", "_");
  if (!SETTINGS.includes(plain)) {
    fail("bad-option", `--loss has no setting "${key}", expected ${SETTINGS.join(", ")}.`);
  }
  if (value === undefined || value === "true") return [plain, true];
  if (value === "false") return [plain, false];
  if (plain !== "reduction") return [plain, parseNumber(`--loss ${key}`, value)];
  if (REDUCTIONS.includes(value)) return [plain, value];
  return fail("bad-option", `--loss reduction is "${value}", expected ${REDUCTIONS.join(", ")}.`);
}

const SETTINGS: readonly string[] = [
  "from_logits",
  "label_smoothing",
  "delta",
  "alpha",
  "beta",
  "gamma",
  "q",
  "apply_class_balancing",
  "axis",
  "ignore_class",
  "reduction",
];

const REDUCTIONS: readonly string[] = ["sum_over_batch_size", "sum", "mean_with_sample_weight"];
