import type { Callback } from "../callback.ts";
import { isLost } from "../callbacks/terminate-on-nan.ts";

/** Ends a run whose loss is no number any more. */
export function terminateOnNaNCallback(): Callback {
  return {
    name: "TerminateOnNaN",
    onBatchEnd(batch, { loss = 0 }, run) {
      if (!isLost(loss)) return;
      run.warn(`Batch ${batch}: Invalid loss, terminating training`);
      run.stop();
    },
  };
}
