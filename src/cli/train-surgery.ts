import { fail } from "../errors.ts";
import type { TracedModel } from "../sources/keras/traced-model.ts";
import { reinitialise } from "../surgery/reinitialise.ts";
import { setTrainable } from "../surgery/set-trainable.ts";
import type { FlagReader } from "./flag-reader.ts";
import { seedOf } from "./train-seed.ts";

/** The model as it begins its training: changed as the options ask. Throws `bad-option` for layers that are not there. */
export function changeModel(traced: TracedModel, flags: FlagReader): TracedModel {
  const begun = flags.has("fromScratch") ? reinitialise(traced, { seed: seedOf(flags) }) : traced;
  return freezeLayers(begun, flags);
}

/** The model with other layers frozen, as the options ask; the same where they say nothing. */
export function freezeLayers(traced: TracedModel, flags: FlagReader): TracedModel {
  const freeze = flags.list("freeze");
  const unfreeze = flags.list("unfreeze");
  const freezeAllButLast = flags.number("freezeAllButLast");
  if (
    freezeAllButLast !== undefined &&
    !(Number.isSafeInteger(freezeAllButLast) && freezeAllButLast >= 0)
  ) {
    fail("bad-option", `--freeze-all-but-last is ${freezeAllButLast}, expected a whole number.`);
  }
  if (freeze === undefined && unfreeze === undefined && freezeAllButLast === undefined)
    return traced;
  return setTrainable(traced, {
    ...(freeze === undefined ? {} : { freeze }),
    ...(unfreeze === undefined ? {} : { unfreeze }),
    ...(freezeAllButLast === undefined ? {} : { freezeAllButLast }),
  });
}
