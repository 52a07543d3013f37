import type { JsonObject } from "../json.ts";
import { PHASE_KEYS } from "./train-config.ts";
import { configKey, configSchema } from "./train-config-values.ts";
import { TRAIN_FLAGS } from "./train-flags.ts";

/** The JSON schema of `kc.train.json`, from the table of options. */
export function trainConfigSchema(): JsonObject {
  const properties = Object.fromEntries(
    TRAIN_FLAGS.flatMap(({ flags }) => flags)
      .map((flag) => [configKey(flag), configSchema(flag)] as const)
      .filter(([key]) => key !== "config"),
  );
  const phase = {
    type: "object",
    properties: Object.fromEntries(
      Object.entries(properties).filter(([key]) => PHASE_KEYS.includes(key)),
    ),
    additionalProperties: false,
  };
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "kc train",
    description: "Options of kc train; those on the command line count more.",
    type: "object",
    properties: {
      $schema: { type: "string" },
      ...properties,
      phases: {
        description: "One training after the other, each with options of its own.",
        anyOf: [{ type: "string" }, { type: "array", items: phase, minItems: 1 }],
      },
    },
    additionalProperties: false,
  };
}
