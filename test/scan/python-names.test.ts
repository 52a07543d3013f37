import { describe, expect, it } from "vitest";
import { judgePythonName } from "../../src/scan/python-names.ts";

function judge(module: string, name: string, kind: "class" | "function" = "class") {
  return judgePythonName({ module, name, kind });
}

describe("names that Keras writes", () => {
  it.each([
    ["keras", "Sequential"],
    ["keras.layers", "Dense"],
    ["keras.src.models.functional", "Functional"],
    ["keras.src.engine.functional", "Functional"],
    ["tf_keras.src.engine.functional", "Functional"],
    ["keras.src.ops.numpy", "GetItem"],
    ["keras.dtype_policies", "QuantizedDTypePolicy"],
    ["keras.src.random.seed_generator", "SeedGenerator"],
    ["keras.api._v2.keras.layers", "Dense"],
    ["tensorflow.keras.layers", "Dense"],
    ["tensorflow.python.keras.engine.functional", "Functional"],
    ["tensorflow.python.framework.tensor_shape", "TensorShape"],
    ["keras_hub.src.models.backbone", "Backbone"],
    ["builtins", "slice"],
  ])("are harmless: %s, %s", (module, name) => {
    expect(judge(module, name)).toBeUndefined();
  });

  it.each([
    ["builtins", "relu"],
    ["builtins", "package>leaky_clip"],
    ["keras.activations", "relu"],
    ["keras.losses", "mean_squared_error"],
  ])("are harmless as functions: %s, %s", (module, name) => {
    expect(judge(module, name, "function")).toBeUndefined();
  });
});

describe("names that do something", () => {
  it.each([
    ["os", "system", "code/foreign-module"],
    ["os.path", "join", "code/foreign-module"],
    ["posix", "system", "code/foreign-module"],
    ["subprocess", "run", "code/foreign-module"],
    ["numpy", "load", "code/foreign-module"],
    ["builtins", "eval", "code/foreign-module"],
    ["builtins", "exec", "code/foreign-module"],
    ["builtins", "__import__", "code/foreign-module"],
    ["keras.utils", "get_file", "code/keras-function"],
    ["keras.src.utils.file_utils", "get_file", "code/keras-function"],
    ["tensorflow.keras.utils", "get_file", "code/keras-function"],
    ["keras.config", "enable_unsafe_deserialization", "code/keras-function"],
    ["keras.src.saving.serialization_lib", "enable_unsafe_deserialization", "code/keras-function"],
    ["keras.models", "load_model", "code/keras-function"],
    ["keras", "load_model", "code/keras-function"],
    ["keras.datasets.mnist", "load_data", "code/keras-function"],
    ["tensorflow.io", "write_file", "code/file-operation"],
    ["my_package.layers", "Swirl", "code/custom-module"],
  ] as const)("are found: %s, %s", (module, name, rule) => {
    expect(judge(module, name, "function")).toBe(rule);
  });

  it("are found as classes of Keras that train or save", () => {
    expect(judge("keras.callbacks", "CSVLogger")).toBe("code/keras-function");
    expect(judge("builtins", "eval")).toBe("code/foreign-module");
  });
});
