import type { Json, JsonObject } from "../json.ts";

/** A value between the layers of a network under construction: pictures, channels last. */
export interface Tensor {
  readonly layer: string;
  /** Height and width; null where they are free. None once they are pooled away. */
  readonly size: readonly (number | null)[];
  readonly channels: number;
}

/** A layer that is added: its arguments in the words of tf.keras. */
export interface LayerDraft {
  readonly className: string;
  /** Left out: as Keras names layers, `add`, `add_1`, … */
  readonly name?: string | undefined;
  readonly config?: JsonObject;
  readonly inputs: readonly Tensor[];
  readonly size: readonly (number | null)[];
  readonly channels: number;
}

/** A functional network under construction. */
export interface Network {
  input(shape: readonly [height: number | null, width: number | null, channels: number]): Tensor;
  add(draft: LayerDraft): Tensor;
  /** `{ class_name, config }` of the model that ends in a value. */
  finish(name: string, output: Tensor): JsonObject;
}

/** An empty network. */
export function createNetwork(): Network {
  const entries: JsonObject[] = [];
  const counts = new Map<string, number>();
  const inputs: string[] = [];
  const push = (className: string, name: string, config: JsonObject, from: readonly Tensor[]) => {
    const calls = from.length === 0 ? [] : [from.map(({ layer }): Json => [layer, 0, 0, {}])];
    entries.push({ class_name: className, config, name, inbound_nodes: calls });
  };
  return {
    input([height, width, channels]) {
      const name = `input_${inputs.length + 1}`;
      const batch_input_shape = [null, height, width, channels];
      const config = { batch_input_shape, dtype: "float32", sparse: false, ragged: false, name };
      push("InputLayer", name, config, []);
      inputs.push(name);
      return { layer: name, size: [height, width], channels };
    },
    add({ className, name: given, config = {}, inputs: from, size, channels }) {
      const name = given ?? automaticName(className, counts);
      push(className, name, { name, trainable: true, dtype: "float32", ...config }, from);
      return { layer: name, size, channels };
    },
    finish(name, output) {
      const input_layers = inputs.map((layer) => [layer, 0, 0]);
      const output_layers = [[output.layer, 0, 0]];
      const config = { name, trainable: true, layers: entries, input_layers, output_layers };
      return { class_name: "Functional", config, keras_version: VERSION, backend: "tensorflow" };
    },
  };
}

/** The tf.keras whose words are spoken. */
export const VERSION = "2.15.0";

function automaticName(className: string, counts: Map<string, number>): string {
  const stem = STEMS.get(className) ?? className.toLowerCase();
  const count = counts.get(stem) ?? 0;
  counts.set(stem, count + 1);
  return count === 0 ? stem : `${stem}_${count}`;
}

/** Names of classes of several words. */
const STEMS: ReadonlyMap<string, string> = new Map([
  ["BatchNormalization", "batch_normalization"],
  ["GlobalAveragePooling2D", "global_average_pooling2d"],
  ["GlobalMaxPooling2D", "global_max_pooling2d"],
  ["MaxPooling2D", "max_pooling2d"],
  ["ZeroPadding2D", "zero_padding2d"],
]);
