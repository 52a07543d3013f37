import type { Generation } from "./layer-spec.ts";
import type { LayerConfig } from "./topology.ts";

/** Whether a stored name (`conv/kernel:0`, `conv_W:0`) is one that Keras gives to a weight of this role. */
export function namesRole(name: string, role: string, generation: Generation): boolean {
  const base = plainName(name);
  const last = lastPart(role);
  if (generation === 1) {
    return suffixesOf(last).some((suffix) => base === suffix || base.endsWith(`_${suffix}`));
  }
  const stored = lastPart(base);
  const accepted = [last, ...(SYNONYMS.get(last) ?? [])];
  return accepted.includes(stored) || accepted.includes(stored.replace(/_\d+$/, ""));
}

/** Whether the parts before a role's last (`forward` of `forward/kernel`) stand in the stored name too. */
export function namesPrefix(name: string, role: string): boolean {
  const parts = plainName(name).split("/");
  return role
    .split("/")
    .slice(0, -1)
    .every((prefix) => parts.some((part) => part === prefix || part.startsWith(`${prefix}_`)));
}

/**
 * How well a stored name fits a layer: undefined when it names another one, else the more the better. The layer's name
 * stands before the role, and the names of models around it may stand before that.
 */
export function namesLayer(
  name: string,
  layer: LayerConfig,
  generation: Generation,
): number | undefined {
  const base = plainName(name);
  if (generation === 1) return base.startsWith(`${layer.name}_`) ? layer.name.length : undefined;
  const folder = `/${base.slice(0, base.lastIndexOf("/") + 1)}`;
  const at = folder.lastIndexOf(`/${layer.name}/`);
  if (at < 0) return undefined;
  const around = layer.path.slice(0, -layer.name.length).split("/");
  const found = around.filter(
    (part) => part !== "" && folder.slice(0, at + 1).includes(`/${part}/`),
  );
  return 1000 * (at + layer.name.length) + found.length;
}

/** All layer names that a stored name may contain: runs of its folders, in Keras 1 what stands before an underscore. */
export function layerNamesIn(name: string, generation: Generation): readonly string[] {
  const base = plainName(name);
  if (generation === 1) {
    const parts = base.split("_").slice(0, MAX_PARTS);
    return parts.map((_, end) => parts.slice(0, end).join("_"));
  }
  const parts = base.split("/").slice(0, -1).slice(-MAX_PARTS);
  return parts.flatMap((_, start) =>
    parts.slice(start).map((__, length) => parts.slice(start, start + length + 1).join("/")),
  );
}

/** Layer names of more parts than this are not looked for. */
const MAX_PARTS = 32;

/**
 * A stored name without the numbers that TensorFlow adds when a process makes a second model: `conv_1/kernel:0` →
 * `conv/kernel`, in Keras 1 `conv_W_1:0` → `conv_W`.
 */
export function withoutCounters(name: string, generation: Generation): string {
  const base = plainName(name);
  if (generation === 1) return base.replace(/_\d+$/, "");
  return base
    .split("/")
    .map((part) => part.replace(/_\d+$/, ""))
    .join("/");
}

/** TensorFlow ends the names of its variables in `:0`, Theano does not. */
export function isTensorFlowName(name: string): boolean {
  return /:\d+$/.test(name);
}

function plainName(name: string): string {
  return name.replace(/:\d+$/, "");
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function suffixesOf(role: string): readonly string[] {
  return KERAS1_SUFFIXES.get(role) ?? [role];
}

const KERAS1_SUFFIXES: ReadonlyMap<string, readonly string[]> = new Map([
  ["kernel", ["W"]],
  ["embeddings", ["W"]],
  ["recurrent_kernel", ["U"]],
  ["bias", ["b"]],
  ["alpha", ["alphas", "alpha"]],
  ["moving_mean", ["running_mean"]],
  ["moving_variance", ["running_std", "running_var"]],
]);

/** Keras 3 calls the depthwise kernel `kernel`. */
const SYNONYMS: ReadonlyMap<string, readonly string[]> = new Map([
  ["kernel", ["depthwise_kernel"]],
  ["depthwise_kernel", ["kernel"]],
]);
