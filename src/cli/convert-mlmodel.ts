import { writeCoreML } from "../targets/coreml-nn/index.ts";
import { carriedOptions } from "./carried-options.ts";
import { coreMLOptions } from "./convert-options.ts";
import { imageInput } from "./image-input.ts";
import { mlmodelFacts } from "./mlmodel-facts.ts";
import { choosePictures } from "./pictures.ts";
import type { TargetWriter } from "./target-spec.ts";

/** Writes Core ML neural networks. */
export const mlmodelWriter: TargetWriter = {
  plan(typed) {
    const writing = coreMLOptions(typed);
    return (graph, output, statement) => {
      const { flags, warnings } = imageInput(graph, typed, statement);
      const pictures = choosePictures(graph, flags);
      const { preprocessing } = pictures;
      const imageInputNames = flags.list("imageInputNames");
      const named = { ...writing, ...(imageInputNames === undefined ? {} : { imageInputNames }) };
      const options = { ...named, ...(preprocessing === undefined ? {} : { preprocessing }) };
      const all = statement === undefined ? options : carriedOptions(graph, statement, options);
      const result = writeCoreML(graph, all);
      const byName = all.preprocessing === options.preprocessing ? undefined : all.preprocessing;
      return {
        files: [{ path: output, bytes: result.file }],
        facts: mlmodelFacts(result, pictures),
        warnings: [...warnings, ...pictures.warnings, ...result.warnings],
        async verify(name, progress) {
          const { verifyWritten } = await import("./verify-written.ts");
          return verifyWritten(
            {
              name,
              graph,
              output,
              result,
              pictures,
              ...(byName === undefined ? {} : { carried: byName }),
            },
            flags,
            progress,
          );
        },
      };
    };
  },
  check: (graph) => writeCoreML(graph, { customLayers: true }).warnings,
};
