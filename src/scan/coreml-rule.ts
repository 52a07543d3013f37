import type { Diagnostic } from "../errors.ts";
import type { Findings } from "./finding.ts";
import type { RuleId } from "./rules.ts";

/** The rule for what reading a Core ML file throws; none for what was found before, with its place. */
export function coreMLRule({ all }: Findings): (error: Diagnostic) => RuleId | undefined {
  return ({ code }) => {
    switch (code) {
      case "limit":
        return "coreml/limit";
      case "unsupported":
        return "coreml/later-format";
      case "bad-weights":
        return "weights/mismatch";
      case "bad-format":
        return "file/not-a-model";
      default:
        return all.some(({ rule }) => FOUND.test(rule)) ? undefined : "coreml/damaged";
    }
  };
}

const FOUND = /^(?:zip\/|coreml\/(?:unsafe-path|missing-item))/;
