import { describe, expect, it } from "vitest";
import { orderCalls } from "../../../src/sources/keras/call-order.ts";

/** `a:x,y` is call `a`, which reads `x` and `y`. */
function order(...calls: readonly string[]): string {
  const parsed = calls.map((call) => {
    const [key = "", sources = ""] = call.split(":");
    return { key, sources: sources.split(",").filter((source) => source !== "") };
  });
  const { ordered, stuck } = orderCalls(parsed, new Set(["in"]));
  const keys = (list: readonly { readonly key: string }[]) => list.map(({ key }) => key).join(" ");
  return stuck.length === 0 ? keys(ordered) : `${keys(ordered)} | ${keys(stuck)}`;
}

describe("calls run in the order of the file", () => {
  it("where that is possible", () => {
    expect(order("a:in", "b:a", "c:a,b")).toBe("a b c");
  });

  it("and those that came too early in the next round", () => {
    expect(order("a0:in", "a1:b", "b:a0", "c:b", "d:a1")).toBe("a0 b c a1 d");
    expect(order("c:b", "b:a", "a:in", "d:in")).toBe("a d b c");
  });

  it("but for those in a ring, those behind one, and those that read what does not exist", () => {
    expect(order("a:in", "b:c", "c:b", "d:a,c", "e:x")).toBe("a | b c d e");
  });

  it("in linear time, even backwards", () => {
    const count = 100_000;
    const calls = Array.from({ length: count }, (_, place) => ({
      key: `${place}`,
      sources: [place === count - 1 ? "in" : `${place + 1}`],
    }));
    const { ordered } = orderCalls(calls, new Set(["in"]));
    expect(ordered[0]?.key).toBe(`${count - 1}`);
    expect(ordered).toHaveLength(count);
  });
});
