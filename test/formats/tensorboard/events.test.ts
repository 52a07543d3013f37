import { describe, expect, it } from "vitest";
import { crc32c } from "../../../src/formats/tensorboard/crc32c.ts";
import { scalarsRecord, versionRecord } from "../../../src/formats/tensorboard/events.ts";

describe("events of TensorBoard", () => {
  it("have checksums as the standard gives them", () => {
    expect(crc32c(new TextEncoder().encode("123456789"))).toBe(0xe3069283);
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  });

  it("are the bytes that TensorFlow 2.15 writes", () => {
    const bytes = [versionRecord(1700000000.25), scalarsRecord(1700000001.5, 3, [LOSS])];
    expect(bytes.map((one) => Buffer.from(one).toString("hex")).join("")).toBe(TENSORFLOW);
  });
});

const LOSS = { tag: "epoch_loss", value: 0.25 };
const TENSORFLOW =
  "1800000000000000a37f4b220900001040fc54d9411a0d627261696e2e4576656e743a32338d2fe936000000000000004f578cef0900006040fc54d94110032a290a270a0a65706f63685f6c6f7373420a080112002a040000803e4a0d0a090a077363616c61727320013b0ac0fd";
