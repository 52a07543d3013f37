import { keep, type Tensor, tensor } from "@tensorflow/tfjs-core";
import { fail } from "../errors.ts";
import { isJsonList, type Json } from "../json.ts";

/** What stateful layers keep from batch to batch: for each state the numbers of all samples; zeros at first. */
export interface KeptStates {
  /** Whether there are any. */
  readonly any: boolean;
  /** As inputs for a batch; the caller's. Throws `bad-shape` for a batch of another size than those before. */
  open(samples: number): Tensor[];
  /** Takes what a batch made of them. */
  take(next: readonly Tensor[]): Promise<void>;
  /** Back to zeros, and to any size of batches. */
  reset(): void;
  /** Plain JSON. */
  save(): Json;
  /** Throws `bad-weights` for what was not saved here. */
  restore(saved: Json | undefined): void;
}

/** States of these sizes, in the order of a graph's inputs. */
export function keptStates(sizes: readonly number[]): KeptStates {
  let states: readonly Float32Array[] = [];
  return {
    any: sizes.length > 0,
    open(samples) {
      const before = (states[0]?.length ?? 0) / (sizes[0] ?? 1);
      if (states.length > 0 && before !== samples) {
        fail(
          "bad-shape",
          `The model keeps states of ${before} samples from batch to batch, but a batch has ${samples}.`,
          { hint: "Choose a batch size that divides the number of samples, or leave some out." },
        );
      }
      return sizes.map((size, index) => {
        const values = states[index] ?? new Float32Array(samples * size);
        return keep(tensor(values.slice(), [samples, size], "float32"));
      });
    },
    async take(next) {
      const taken: Float32Array[] = [];
      for (const one of next) taken.push(Float32Array.from(await one.data()));
      states = taken;
    },
    reset() {
      states = [];
    },
    save: () => states.map((one) => [...one]),
    restore(saved = []) {
      const lists = isJsonList(saved) ? saved : refuse();
      if (lists.length > 0 && lists.length !== sizes.length) refuse();
      states = lists.map((list) => {
        if (!isJsonList(list)) return refuse();
        return Float32Array.from(list, (one) => (typeof one === "number" ? one : refuse()));
      });
    },
  };
}

function refuse(): never {
  return fail("bad-weights", "The saved state of the run holds other states than the model's.");
}
