import { MathBackendCPU } from "@tensorflow/tfjs-backend-cpu";
import { registerBackend, removeBackend, setBackend } from "@tensorflow/tfjs-core";
import { afterEach, beforeEach, expect, it } from "vitest";
import { throwIfRefused } from "../../../src/targets/tfjs/device-errors.ts";

class OnCard extends MathBackendCPU {
  readonly device = new EventTarget();
}

let card: OnCard;

beforeEach(async () => {
  card = new OnCard();
  registerBackend("card", () => card);
  await setBackend("card");
});

afterEach(() => removeBackend("card"));

function refuse(message: string): void {
  card.device.dispatchEvent(Object.assign(new Event("uncapturederror"), { error: { message } }));
}

it("throws what a card has refused, once, with its first line", () => {
  throwIfRefused();
  refuse("cannot index type 'vec5'\n  let b = c[4]");
  refuse("Invalid pipeline");
  expect(throwIfRefused).toThrow("a step of the model: cannot index type 'vec5'");
  expect(throwIfRefused).not.toThrow();
});

it("is silent where nothing was refused, and on backends without a device", async () => {
  expect(throwIfRefused).not.toThrow();
  await setBackend("cpu");
  expect(throwIfRefused).not.toThrow();
});
