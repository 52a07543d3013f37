import { describe, expect, it } from "vitest";
import { layOut } from "../../src/cli/plot-layout.ts";
import { pictureOf, placed, siamese } from "../report/plot/draw.ts";

describe("laying out in a thread", () => {
  it("gives what Graphviz gives", async () => {
    expect(await layOut(pictureOf(siamese()))).toEqual(placed(pictureOf(siamese())));
  });

  it("gives up when it takes too long", async () => {
    await expect(layOut(pictureOf(siamese()), { thorough: 0, quick: 0 })).rejects.toThrow(
      "6 layers are too entangled to be laid out in reasonable time.\n  Add --no-expand, or write the graph itself: -o model.dot.",
    );
  });

  it("tries with less effort before that", async () => {
    const { boxes } = await layOut(pictureOf(siamese()), { thorough: 0, quick: 20_000 });
    expect(boxes).toHaveLength(6);
  });
});
