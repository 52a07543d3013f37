import { AUGMENT_COMMAND } from "./augment-flags.ts";
import { CHECK_COMMAND } from "./check-flags.ts";
import type { CommandSpec } from "./command.ts";
import { CONVERT_COMMAND } from "./convert-flags.ts";
import { DIFF_COMMAND } from "./diff-flags.ts";
import { DOCTOR_COMMAND } from "./doctor-flags.ts";
import { EDIT_COMMAND } from "./edit-flags.ts";
import { EVALUATE_COMMAND } from "./evaluate-flags.ts";
import { INSPECT_COMMAND } from "./inspect-flags.ts";
import { PLOT_COMMAND } from "./plot-flags.ts";
import { PREDICT_COMMAND } from "./predict-flags.ts";
import { SCAN_COMMAND } from "./scan-flags.ts";
import { SUMMARY_COMMAND } from "./summary-flags.ts";
import { TRAIN_COMMAND } from "./train-flags.ts";
import { UPGRADE_COMMAND } from "./upgrade-flags.ts";
import { VERIFY_COMMAND } from "./verify-flags.ts";

/** Every command, in the order of the help. */
export const COMMANDS: readonly CommandSpec[] = [
  CONVERT_COMMAND,
  UPGRADE_COMMAND,
  VERIFY_COMMAND,
  CHECK_COMMAND,
  PREDICT_COMMAND,
  EVALUATE_COMMAND,
  TRAIN_COMMAND,
  AUGMENT_COMMAND,
  SUMMARY_COMMAND,
  PLOT_COMMAND,
  INSPECT_COMMAND,
  EDIT_COMMAND,
  DIFF_COMMAND,
  SCAN_COMMAND,
  DOCTOR_COMMAND,
];
