import { fail } from "../errors.ts";
import { networkOf } from "../formats/coreml/network.ts";
import type { FeatureDescription, Model, Pipeline } from "../formats/coreml/types.gen.ts";
import { describedFeatures } from "./described.ts";
import type { ModelInput } from "./features.ts";
import type { Interpreter, ModelOutput } from "./interpreter.ts";

/** The pipeline of a model, whatever its outputs mean; undefined for models of another kind. */
export function pipelineOf(model: Model): Pipeline | undefined {
  return model.pipeline ?? model.pipelineClassifier?.pipeline ?? model.pipelineRegressor?.pipeline;
}

/** What a member of a pipeline is called, in messages and in the names of its blobs. */
function memberName({ names = [] }: Pipeline, index: number): string {
  return names[index] || `model ${index + 1}`;
}

/** The name that a blob within a member has among those of the whole pipeline. */
export function memberBlob(index: number, name: string): string {
  return `${index}/${name}`;
}

/**
 * Runs the members one after another; features are matched by name.
 *
 * Throws `unsupported` for members of other kinds, `bad-config` when a member's input is made by none before it.
 *
 * @see Model.proto Pipeline
 */
export function createPipelineInterpreter(
  model: Model,
  pipeline: Pipeline,
  openMember: (member: Model) => Interpreter,
): Interpreter {
  const models = pipeline.models ?? [];
  if (models.length === 0) fail("bad-config", "The pipeline has no members.");
  const described = describedFeatures(model);
  checkFeatures(model, pipeline);
  const members = models.map((member, index) => {
    refuseOthers(member, memberName(pipeline, index));
    return { interpreter: openMember(member), inputs: describedFeatures(member).inputs };
  });
  return {
    run(inputs, options = {}) {
      const features = new Map<string, ModelOutput>();
      members.forEach(({ interpreter, inputs: wanted }, index) => {
        const given = wanted.flatMap((feature) => {
          const name = feature.name ?? "";
          const input = features.has(name) ? inputFor(feature, features.get(name)) : inputs[name];
          return input === undefined ? [] : [[name, input] as const];
        });
        const { observe, ...rest } = options;
        const results = interpreter.run(Object.fromEntries(given), {
          ...rest,
          ...(observe && { observe: (name, blob) => observe(memberBlob(index, name), blob) }),
        });
        for (const [name, value] of results) features.set(name, value);
      });
      return new Map(
        described.outputs.flatMap(({ name = "" }) => {
          const value = features.get(name);
          return value === undefined ? [] : [[name, value] as const];
        }),
      );
    },
  };
}

/** Every input of a member, and every output of the pipeline, is there before it is wanted. */
function checkFeatures(model: Model, pipeline: Pipeline): void {
  const { inputs, outputs } = describedFeatures(model);
  const made = new Set(inputs.map(({ name }) => name ?? ""));
  (pipeline.models ?? []).forEach((member, index) => {
    const own = describedFeatures(member);
    for (const { name = "", type } of own.inputs) {
      if (made.has(name) || type?.isOptional === true) continue;
      fail("bad-config", `Reads the feature "${name}" before it is made.`, {
        at: { layer: memberName(pipeline, index), className: "pipeline" },
      });
    }
    for (const { name = "" } of own.outputs) made.add(name);
  });
  for (const { name = "" } of outputs) {
    if (!made.has(name)) fail("bad-config", `No member makes the output "${name}".`);
  }
}

function refuseOthers(member: Model, layer: string): void {
  if (member.mlProgram !== undefined || networkOf(member) !== undefined) return;
  if (pipelineOf(member) !== undefined) return;
  const { specificationVersion, description, isUpdatable, ...kinds } = member;
  const [className = "unknown"] = Object.keys(kinds);
  fail("unsupported", "Members of this kind are not computed here.", { at: { layer, className } });
}

/** What one member made, as another one declares it. */
function inputFor(
  { name = "", type }: FeatureDescription,
  value: ModelOutput | undefined,
): ModelInput | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== "object" || !("data" in value)) {
    return fail("unsupported", `The feature "${name}" is a label, which no member computes with.`);
  }
  // A network of old gives blobs of five axes for arrays that are declared with fewer.
  const declared = type?.multiArrayType?.shape ?? [];
  const same = declared.reduce((product, size) => product * size, 1) === value.data.length;
  const shape = same && declared.length > 0 ? declared : value.shape;
  return { shape, data: value.data };
}
