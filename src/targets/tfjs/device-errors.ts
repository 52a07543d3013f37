import { backend } from "@tensorflow/tfjs-core";
import { fail } from "../../errors.ts";

/**
 * Throws `unsupported` if the device of the active backend has refused a step since the last call, which a graphics card
 * says beside the results: these are then whatever its memory held. Listens from the first call on.
 */
export function throwIfRefused(): void {
  const active = backend();
  const refused = REFUSED.get(active) ?? listen(active);
  const [first] = refused.splice(0);
  if (first === undefined) return;
  fail("unsupported", `the graphics card refuses a step of the model: ${first}`, {
    hint: "Another backend computes everything: --backend wasm",
  });
}

const REFUSED = new WeakMap<object, string[]>();

function listen(active: object): string[] {
  const refused: string[] = [];
  REFUSED.set(active, refused);
  const device: unknown = Reflect.get(active, "device");
  if (!isDevice(device)) return refused;
  device.addEventListener("uncapturederror", (event) => {
    const error: unknown = Reflect.get(event, "error");
    const message = error instanceof Object ? String(Reflect.get(error, "message")) : "";
    refused.push(message.trim().split("\n")[0] ?? "");
  });
  return refused;
}

interface Device {
  addEventListener(kind: "uncapturederror", listener: (event: object) => void): void;
}

function isDevice(value: unknown): value is Device {
  return value instanceof Object && "addEventListener" in value;
}
