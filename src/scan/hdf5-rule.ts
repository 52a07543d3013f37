import type { Diagnostic } from "../errors.ts";
import type { RuleId } from "./rules.ts";

/** The rule for what reading HDF5 throws. */
export function hdf5Rule({ code }: Diagnostic): RuleId {
  switch (code) {
    case "limit":
      return "hdf5/limit";
    case "unsupported":
      return "hdf5/unreadable";
    case "bad-format":
      return "file/not-a-model";
    default:
      return "hdf5/damaged";
  }
}
