import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { fail, KcError } from "../errors.ts";
import type { LayerSpec } from "../sources/keras/layer-spec.ts";

/**
 * The user's own layers: the module's `layers` or default export, one spec or a list. It is code that the user
 * names on the command line, never something out of a model file. Throws `bad-option`, `io-read`.
 */
export async function loadCustomLayers(path: string): Promise<readonly LayerSpec[]> {
  const module = await load(path);
  const exported = read(module, "layers") ?? read(module, "default");
  const list: readonly unknown[] = Array.isArray(exported) ? exported : [exported];
  if (exported === undefined || list.length === 0) {
    fail("bad-option", `${path} exports no layers, expected "export const layers = [{ … }]".`, {
      hint: 'A layer is { classNames: ["MyLayer"], slots(config) { … }, lower(call) { … } }.',
    });
  }
  return list.map((item, index) => {
    if (isLayerSpec(item)) return item;
    return fail("bad-option", `${path}: layer ${index + 1} ${faultOf(item)}.`);
  });
}

async function load(path: string): Promise<unknown> {
  try {
    return await import(pathToFileURL(resolve(path)).href);
  } catch (error) {
    if (error instanceof KcError) throw error;
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return fail("io-read", `${path} cannot be loaded: ${text}`, {
      cause: error,
      hint: "--custom expects a JavaScript module (.mjs).",
    });
  }
}

function isLayerSpec(value: unknown): value is LayerSpec {
  return faultOf(value) === undefined;
}

function faultOf(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return "is not an object";
  const names = read(value, "classNames");
  const named = Array.isArray(names) && names.length > 0;
  if (!named || !names.every((name) => typeof name === "string" && name !== "")) {
    return 'has no classNames, expected a list such as ["MyLayer"]';
  }
  if (typeof read(value, "lower") !== "function") return "has no function lower(call)";
  const slots = read(value, "slots");
  if (slots !== undefined && typeof slots !== "function") return "has slots that are no function";
  return undefined;
}

function read(value: unknown, key: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return Reflect.get(value, key);
}
