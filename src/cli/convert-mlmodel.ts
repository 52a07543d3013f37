import { writeCoreML } from "../targets/coreml-nn/index.ts";
import { coreMLOptions } from "./convert-options.ts";
import { mlmodelFacts } from "./mlmodel-facts.ts";
import { choosePictures } from "./pictures.ts";
import type { TargetWriter } from "./target-spec.ts";

/** Writes Core ML neural networks. */
export const mlmodelWriter: TargetWriter = {
  plan(flags) {
    const writing = coreMLOptions(flags);
    return (graph, output) => {
      const pictures = choosePictures(graph, flags);
      const { preprocessing } = pictures;
      const result = writeCoreML(graph, {
        ...writing,
        ...(preprocessing === undefined ? {} : { preprocessing }),
      });
      return {
        files: [{ path: output, bytes: result.file }],
        facts: mlmodelFacts(result, pictures),
        warnings: [...pictures.warnings, ...result.warnings],
        async verify(name, progress) {
          const { verifyWritten } = await import("./verify-written.ts");
          return verifyWritten({ name, graph, output, result, pictures }, flags, progress);
        },
      };
    };
  },
  check: (graph) => writeCoreML(graph, { customLayers: true }).warnings,
};
