import { fail } from "../errors.ts";
import { type FlagReader, flagName } from "./flag-reader.ts";
import { KERAS_TARGET } from "./target-keras.ts";
import { MLMODEL_TARGET } from "./target-mlmodel.ts";
import { ONNX_TARGET } from "./target-onnx.ts";
import type { TargetSpec } from "./target-spec.ts";
import { TFJS_TARGETS } from "./target-tfjs.ts";

/** Everything that a model can become. */
export const TARGETS: readonly TargetSpec[] = [
  MLMODEL_TARGET,
  ONNX_TARGET,
  ...TFJS_TARGETS,
  KERAS_TARGET,
];

/** The words of `--to`. */
export const TARGET_NAMES: readonly string[] = TARGETS.map(({ name }) => name);

/** The target called so. Throws `bad-option`. */
export function targetNamed(flags: FlagReader): TargetSpec | undefined {
  const name = flags.oneOf("to", TARGET_NAMES);
  return TARGETS.find((target) => target.name === name);
}

/** The target of a conversion: what `--to` says, or what the output's name says. Throws `bad-option`, `unsupported`. */
export function targetOf(output: string, flags: FlagReader): TargetSpec {
  const named = targetNamed(flags);
  const target = named ?? (output === "-" ? MLMODEL_TARGET : targetByName(output));
  if (output === "-" && target.form === "folder") {
    fail("bad-option", `${target.title} is a folder, which the standard output cannot take.`, {
      hint: "Give an output folder.",
    });
  }
  return target;
}

/** Throws `bad-option` for an option that is given although only other targets have a use for it. */
export function checkFlags(target: TargetSpec, flags: FlagReader): void {
  for (const key of new Set(TARGETS.flatMap(({ options }) => options))) {
    if (target.options.includes(key) || !flags.has(key)) continue;
    const others = TARGETS.filter(({ options }) => options.includes(key));
    fail("bad-option", `${flagName(key)} means nothing for ${target.title}.`, {
      hint: `Leave it out; it is for ${others.map(({ title }) => title).join(", ")}.`,
    });
  }
}

/** Targets of later versions, by how their files end. */
const LATER: readonly (readonly [RegExp, string])[] = [
  [/\.mlpackage\/?$/i, "ML Programs (.mlpackage)"],
];

function targetByName(output: string): TargetSpec {
  const target = TARGETS.find(({ pattern }) => pattern.test(output));
  if (target !== undefined) return target;
  const expected = TARGETS.map((one) => one.expected).join(" or ");
  const later = LATER.find(([pattern]) => pattern.test(output));
  if (later === undefined) {
    return fail("bad-option", `${output} does not say what to write, expected ${expected}.`, {
      hint: `Give such an output, or say what it is: --to ${TARGET_NAMES.join(" or ")}.`,
    });
  }
  const text = `Writing ${later[1]} is not possible yet; it comes in a later version.`;
  return fail("unsupported", text, { hint: `Give ${expected}.` });
}
