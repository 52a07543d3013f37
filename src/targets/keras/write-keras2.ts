import { type Diagnostic, KcError } from "../../errors.ts";
import type { TracedModel } from "../../sources/keras/traced-model.ts";
import type { KerasContainer, KerasGeneration, KerasResult } from "./write.ts";

/**
 * A model in words that Keras 2.2.4 and tf.keras both read; where they do not suffice, in those of tf.keras, with a warning that says
 * why. Throws what tf.keras does not have either.
 */
export function writeKeras2(
  { archive, trace }: TracedModel,
  container: KerasContainer,
  write: (generation: "own" | KerasGeneration) => KerasResult,
): KerasResult {
  const own = archive.dialect.generation === "tf" && container !== ".weights.h5";
  const later = (warning: Diagnostic): KerasResult => {
    const result = write(own ? "own" : "tf");
    return { ...result, warnings: [warning, ...result.warnings] };
  };
  if (container === ".keras") return later(ARCHIVE);
  try {
    return write(2);
  } catch (error) {
    if (!(error instanceof KcError) || error.code !== "unsupported") throw error;
    // What is not known here is not known to be right anywhere else.
    if (trace.graph === undefined) throw error;
    return later(needsTensorFlow(error));
  }
}

function needsTensorFlow({ diagnostics }: KcError): Diagnostic {
  const [first] = diagnostics;
  const more = diagnostics.length - 1;
  const others = more === 0 ? "" : ` ${more} more ${more === 1 ? "layer does" : "layers do"}, too.`;
  return {
    code: "unsupported",
    text: `needs TensorFlow 2.x, not Keras 2.2, so the file is in the words of tf.keras 2.15: ${first?.text ?? ""}${others}`,
    ...(first?.at === undefined ? {} : { at: first.at }),
  };
}

/** Of all that is called Keras 2 only tf.keras has archives. */
const ARCHIVE: Diagnostic = {
  code: "unsupported",
  text: "The file needs TensorFlow 2.12 or later, not Keras 2.2, which has no .keras files.",
};
