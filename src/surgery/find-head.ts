import { fail } from "../errors.ts";
import type { SummaryShape } from "../ir/model-summary.ts";
import {
  allLayers,
  type LayerConfig,
  type ModelConfig,
  type TensorAddress,
} from "../sources/keras/topology.ts";
import type { TracedModel } from "../sources/keras/traced-model.ts";
import { type HeadPart, headPart } from "./head-part.ts";
import { findLayers } from "./layer-patterns.ts";

/** Where a model is cut: the tensor that stays last. */
export interface Cut {
  /** Its address in the model, then in each nested model that it lies in. */
  readonly at: readonly TensorAddress[];
  /** The layer that gives it. */
  readonly layer: LayerConfig;
  readonly shape: readonly (number | null)[];
}

/**
 * Where the classification head of a model begins: behind the last layer that sees more than one place of a picture or sequence;
 * where nothing is pooled, before the last layer with weights. A model without a head is cut at its end. Throws `bad-option` where no such
 * place is found.
 */
export function findHead(traced: TracedModel): Cut {
  const { model } = traced;
  const [end, ...others] = model.outputs;
  if (end === undefined || others.length > 0) {
    return fail(
      "bad-option",
      `The model has ${model.outputs.length} outputs, so no one head.`,
      HINT,
    );
  }
  const last = inward(traced, [{ model, address: end }]);
  if (last.shape.length > 2) return cutBehind(traced, last);
  const { head, stop } = walkBack(traced, last);
  if (head.length === 0) return cutBehind(traced, last);
  const pools = head.some(({ part }) => part.collapses);
  if (pools && stop !== undefined) return cutBehind(traced, keepActivations(head, stop));
  return cutBehind(traced, beforeClassifier(traced, head));
}

/** The place behind a layer that the user names. Throws `bad-option` for one that is called several times. */
export function findBehind(traced: TracedModel, pattern: string): Cut {
  const { model } = traced;
  const layers = findLayers(model, pattern);
  const named = layers.filter(({ name, path }) => name === pattern || path === pattern);
  const [layer, ...others] = named.length > 0 ? named : layers;
  if (layer === undefined || others.length > 0) {
    return fail("bad-option", `"${pattern}" means ${layers.length} layers, not one.`, {
      hint: `They are ${layers
        .slice(0, 5)
        .map(({ path }) => `"${path}"`)
        .join(", ")}.`,
    });
  }
  const spot = spotOf(model, layer);
  if (spot === undefined || layer.calls.length > 1) {
    return fail("bad-option", `The model cannot be cut behind "${layer.path}".`, {
      hint: "It is called several times, or is held by another layer.",
    });
  }
  return cutBehind(traced, inward(traced, spot));
}

const HINT = { hint: "Say behind which layer the new head comes: --head-after LAYER" };

/** A tensor, from the whole model inward. */
type Spot = readonly { readonly model: ModelConfig; readonly address: TensorAddress }[];

/** A tensor with the layer that gives it. */
interface Place {
  readonly spot: Spot;
  readonly layer: LayerConfig;
  readonly shape: readonly (number | null)[];
}

interface HeadLayer extends Place {
  readonly part: HeadPart;
}

/** The layers of the head, from the end back, and the last place that is none of it; undefined when that is an input. */
function walkBack(
  traced: TracedModel,
  last: Place,
): { readonly head: readonly HeadLayer[]; readonly stop: Place | undefined } {
  const head: HeadLayer[] = [];
  let place: Place | undefined = last;
  while (place !== undefined) {
    const before = inputOf(traced, place);
    const part =
      before && headPart(place, { input: before.shape, behind: head.map((one) => one.part) });
    if (part === undefined) break;
    head.push({ ...place, part });
    place = before;
  }
  return { head, stop: place !== undefined && isInput(place) ? undefined : place };
}

/** Activations right behind the base belong to it. */
function keepActivations(head: readonly HeadLayer[], stop: Place): Place {
  let kept = stop;
  for (const one of head.toReversed()) {
    if (one.part.kind !== "activation") break;
    kept = one;
  }
  return kept;
}

/** What the last layer with weights reads, dropout left out. */
function beforeClassifier(traced: TracedModel, head: readonly HeadLayer[]): Place {
  const classifier = head.findIndex(({ part }) => part.kind === "weights");
  let index = classifier + 1;
  while (head[index]?.part.kind === "noise") index++;
  const found = head[index] ?? (head[index - 1] && inputOf(traced, head[index - 1]));
  if (classifier >= 0 && found !== undefined && !isInput(found)) return found;
  return fail("bad-option", "No classification head is found that could be replaced.", HINT);
}

function isInput({ layer }: Place): boolean {
  return layer.className === "InputLayer";
}

/** The only tensor that a layer reads; undefined for several, and for inputs of the whole model. */
function inputOf(traced: TracedModel, place: Place | undefined): Place | undefined {
  const inner = place?.spot.at(-1);
  if (place === undefined || inner === undefined) return undefined;
  const call = place.layer.calls[inner.address.call];
  const tensors = call?.args.flatMap((arg) => (arg.kind === "tensor" ? [arg.address] : [])) ?? [];
  const [address, ...others] = tensors;
  if (address === undefined || others.length > 0 || call === undefined || call.keywords.size > 0) {
    return undefined;
  }
  return inward(traced, outward([...place.spot.slice(0, -1), { model: inner.model, address }]));
}

/** The input of a nested model is what that model reads. */
function outward(spot: Spot): Spot {
  const inner = spot.at(-1);
  const outer = spot.at(-2);
  if (inner === undefined || outer === undefined) return spot;
  const index = inner.model.inputs.findIndex(({ layer }) => layer === inner.address.layer);
  const layer = layerAt(outer);
  const arg = layer?.calls[outer.address.call]?.args[index];
  if (index < 0 || arg?.kind !== "tensor") return spot;
  return outward([...spot.slice(0, -2), { model: outer.model, address: arg.address }]);
}

/** The output of a nested model is that of one of its layers. */
function inward(traced: TracedModel, spot: Spot): Place {
  const inner = spot.at(-1);
  const layer = inner && layerAt(inner);
  if (inner === undefined || layer === undefined) {
    return fail("internal", "A tensor of the model has no layer.");
  }
  const address = layer.model?.outputs[inner.address.tensor];
  if (layer.model !== undefined && address !== undefined) {
    return inward(traced, [...spot, { model: layer.model, address }]);
  }
  const shape: SummaryShape = traced.trace.shapes(layer, inner.address.call)[inner.address.tensor];
  if (shape !== undefined) return { spot, layer, shape };
  return fail("unsupported", "The shape of its output is not known.", {
    at: { layer: layer.path },
  });
}

function layerAt({ model, address }: Spot[number]): LayerConfig | undefined {
  return model.layers.find(({ name }) => name === address.layer);
}

/** A cut at the end of a nested model is one behind that model. */
function cutBehind({ trace }: Pick<TracedModel, "trace">, { spot, layer, shape }: Place): Cut {
  const inner = spot.at(-1);
  const outer = spot.at(-2);
  const [end, ...others] = inner?.model.outputs ?? [];
  const atEnd =
    end?.layer === inner?.address.layer &&
    end?.call === inner?.address.call &&
    end?.tensor === inner?.address.tensor;
  const around = outer && layerAt(outer);
  if (atEnd && others.length === 0 && outer !== undefined && around !== undefined) {
    const own = trace.shapes(around, outer.address.call)[outer.address.tensor] ?? shape;
    return cutBehind({ trace }, { spot: spot.slice(0, -1), layer: around, shape: own });
  }
  return { at: spot.map(({ address }) => address), layer, shape };
}

function spotOf(model: ModelConfig, wanted: LayerConfig): Spot | undefined {
  for (const layer of model.layers) {
    const here = { model, address: { layer: layer.name, call: 0, tensor: 0 } };
    if (layer === wanted) return [here];
    if (layer.model === undefined || !allLayers(layer.model).includes(wanted)) continue;
    const inner = spotOf(layer.model, wanted);
    return inner && [here, ...inner];
  }
  return undefined;
}
