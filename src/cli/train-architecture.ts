import { findArchitecture } from "../architectures/index.ts";
import { fail } from "../errors.ts";
import type { ByteSource } from "../formats/bytes.ts";
import { kindOf } from "../io/path-kind.ts";
import type { Dim } from "../ir/tensor.ts";
import { architectureDialect } from "../sources/keras/dialect.ts";
import { parseObject } from "../sources/keras/python-json.ts";
import type { TracedModel } from "../sources/keras/traced-model.ts";
import { buildArchitecture } from "../surgery/build-architecture.ts";
import { initialiseModel } from "../surgery/initialise.ts";
import { readOptions } from "./convert-options.ts";
import type { FlagReader } from "./flag-reader.ts";
import { parseShape } from "./parse-values.ts";
import { seedOf } from "./train-seed.ts";

/** Whether the model comes from `--architecture` alone, and not from a file with weights. */
export function isBuilt(model: string | undefined, flags: FlagReader): boolean {
  const name = flags.text("architecture");
  const known = name !== undefined && findArchitecture(name) !== undefined;
  if (model !== undefined && known) {
    fail("bad-option", `--architecture ${name} makes the model, and ${model} is another one.`, {
      hint: "Leave the model file out; weights come from --weights FILE.",
    });
  }
  if (!known && flags.has("alpha")) {
    fail("bad-option", "--alpha is for --architecture with the name of a MobileNet.");
  }
  if (model === undefined && name === undefined) {
    fail("bad-option", "The model file or the folder of pictures is missing.", {
      hint: "Name both, the model first; or only the folder, and an architecture: --architecture mobilenet",
    });
  }
  return model === undefined;
}

/** The model of `--architecture` with new weights, for so many classes; of the release that the file of `--weights` is of. */
export async function buildModel(
  flags: FlagReader,
  { classes, weights }: { readonly classes: number; readonly weights: ByteSource | undefined },
): Promise<TracedModel> {
  const name = flags.text("architecture") ?? "";
  const seed = seedOf(flags);
  const known = findArchitecture(name);
  if (known === undefined && kindOf(name) === undefined) return buildArchitecture(name);
  if (known === undefined) {
    const { architecture = "", ...reading } = await readOptions(flags, "kerasBackend");
    const json = parseObject(architecture, name, undefined);
    return initialiseModel(json, { ...reading, dialect: architectureDialect(json), seed });
  }
  const alpha = flags.number("alpha");
  const inputShape = pictureShape(flags);
  return buildArchitecture(known, {
    seed,
    ...(weights === undefined ? {} : { like: weights }),
    // A new head comes behind the base, whose own classifier has no use then.
    ...(flags.has("newHead") ? { includeTop: false } : { classes }),
    ...(alpha === undefined ? {} : { alpha }),
    ...(inputShape === undefined ? {} : { inputShape }),
  });
}

/** `96,96,3`, or with the batch before it. */
function pictureShape(flags: FlagReader): readonly Dim[] | undefined {
  const [text, ...others] = flags.texts("inputShape");
  if (text === undefined) return undefined;
  if (others.length > 0) fail("bad-option", "--architecture takes one --input-shape.");
  const shape = parseShape("--input-shape", text);
  return shape.length === 4 ? shape.slice(1) : shape;
}
