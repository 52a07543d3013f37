import { fail } from "../../errors.ts";
import type { TracedModel } from "../../sources/keras/traced-model.ts";
import type { KerasGeneration, WriteKerasOptions } from "./write.ts";

/** In whose words a model is written: its own, or those of another generation. Throws `bad-option` for files that it never had. */
export function targetGeneration(
  { archive }: TracedModel,
  { container, keras }: Pick<WriteKerasOptions, "container" | "keras">,
): "own" | KerasGeneration {
  const { generation } = archive.dialect;
  if (keras === 1 && container === ".keras") {
    fail("bad-option", "Keras 1 has no .keras files.", {
      hint: "Give an output that ends in .h5.",
    });
  }
  // Files of weights have no words.
  const late = container !== ".weights.h5" && isLate(archive);
  if (keras === 2 && container === ".keras") return keras;
  // tf.keras reads files of this name in the newer layout alone.
  const older = keras === "tf" && container === ".weights.h5" && !hasState(archive);
  if (keras !== undefined) return keras === generation && !late && !older ? "own" : keras;
  if (container === ".h5" || generation === 3) return "own";
  const native = container === ".keras" ? archive.container === ".keras" : hasState(archive);
  return native ? "own" : 3;
}

/** Keras 2.3 has words that 2.2 does not read. */
function isLate({ dialect: { generation, version } }: TracedModel["archive"]): boolean {
  return generation === 2 && /^2\.3/.test(version);
}

function hasState({ weights }: TracedModel["archive"]): boolean {
  return weights.kind === "state";
}
