import { describe, expect, it } from "vitest";
import { cutPieces, type Piece } from "../../../../src/targets/tfjs/tensorflow/pieces.ts";
import type {
  RecordedOperation,
  Source,
} from "../../../../src/targets/tfjs/tensorflow/recorder.ts";

function source(kind: Source["kind"], shape: readonly number[] = [2, 3]): Source {
  return { kind, shape, type: 1 };
}

function operation(op: string, inputs: readonly Source[], ...results: readonly Source[]) {
  return { op, inputs, results, attributes: { T: { type: 1 } } } satisfies RecordedOperation;
}

/** Nodes as `name = op(inputs)`. */
function said({ nodes }: Piece | undefined = { nodes: [], feeds: [], fetches: [], ends: [] }) {
  return nodes.map(({ name, op, inputs }) => `${name} = ${op}(${inputs.join(", ")})`);
}

describe("pieces of what was written down", () => {
  const [given, left, right, sum, unread] = [
    source("given"),
    source("result"),
    source("result"),
    source("result"),
    source("result"),
  ];
  const small: Source = { ...source("constant", [1]), bytes: new Uint8Array(4) };
  const operations = [
    operation("Split", [small, given], left, unread, right),
    operation("Relu", [left], source("result")),
    operation("AddV2", [left, right], sum),
  ];

  it("are fed with what comes from elsewhere, and hold their constants", () => {
    const [first, second] = cutPieces({ operations, borders: [1], wanted: new Set([sum]) });
    expect(said(first)).toEqual([
      "in_0 = Const()",
      "in_1 = Placeholder()",
      "op_0 = Split(in_0, in_1)",
      "out_0 = Identity(op_0)",
      "out_1 = Identity(op_0:2)",
    ]);
    expect(first?.feeds).toEqual([{ source: given, name: "in_1:0" }]);
    expect(said(second)).toEqual([
      "in_0 = Placeholder()",
      "op_0 = Relu(in_0)",
      "in_2 = Placeholder()",
      "op_1 = AddV2(in_0, in_2)",
      "out_0 = Identity(op_1)",
    ]);
  });

  it("give what later ones or the caller want, and no more", () => {
    const [first, second] = cutPieces({ operations, borders: [1], wanted: new Set([sum]) });
    expect(first?.fetches).toEqual([
      { source: left, name: "out_0:0" },
      { source: right, name: "out_1:0" },
    ]);
    expect(second?.fetches).toEqual([{ source: sum, name: "out_0:0" }]);
  });

  it("say what nobody reads after them", () => {
    const [first, second] = cutPieces({ operations, borders: [1], wanted: new Set([sum, right]) });
    expect(first?.ends).toEqual([given]);
    expect(second?.ends).toEqual([left]);
  });

  it("are fed with large constants", () => {
    const large = source("constant");
    const [piece] = cutPieces({
      operations: [operation("Neg", [large], sum)],
      borders: [],
      wanted: new Set([sum]),
    });
    expect(piece?.feeds).toEqual([{ source: large, name: "in_0:0" }]);
    expect(piece?.ends).toEqual([]);
  });

  it("add what is a bias in the word that TensorFlow fuses", () => {
    const [image, bias, row] = [
      source("given", [2, 4, 4, 3]),
      source("given", [3]),
      source("given", [4]),
    ];
    const cut = (values: Source): Piece | undefined =>
      cutPieces({
        operations: [operation("Add", [image, values], sum)],
        borders: [],
        wanted: new Set([sum]),
      })[0];
    expect(cut(bias)?.nodes.at(-2)).toMatchObject({
      op: "BiasAdd",
      attributes: { T: { type: 1 }, data_format: { text: "NHWC" } },
    });
    expect(cut(row)?.nodes.at(-2)?.op).toBe("Add");
  });

  it("look for maxima again where a gradient goes to them", () => {
    const [x, y, slopes] = [source("given"), source("given"), source("given")];
    const [piece] = cutPieces({
      operations: [operation("MaxPoolGrad", [x, y, slopes], sum)],
      borders: [],
      wanted: new Set([sum]),
    });
    expect(said(piece).slice(-3, -1)).toEqual([
      "op_0_again = MaxPool(in_0, ^in_2)",
      "op_0 = MaxPoolGrad(in_0, op_0_again, in_2)",
    ]);
  });

  it("overwrite numbers when all that read them have done so", () => {
    const [held, row, before, after] = [
      source("given"),
      source("result"),
      source("result"),
      source("result"),
    ];
    const [piece] = cutPieces({
      operations: [
        operation("Neg", [held], before),
        operation("Reshape", [held], row),
        operation("Sqrt", [row], source("result")),
        operation("InplaceUpdate", [row, before], after),
      ],
      borders: [],
      wanted: new Set([after]),
    });
    expect(said(piece).at(-2)).toBe("op_3 = InplaceUpdate(op_1, op_0, ^op_0, ^op_1, ^op_2)");
  });

  it("hide roots from TensorFlow, which would take another way to divide by them", () => {
    const [x, root] = [source("given"), source("result")];
    const operations = [operation("Sqrt", [x], root), operation("RealDiv", [x, root], sum)];
    const [piece] = cutPieces({ operations, borders: [], wanted: new Set([sum]) });
    expect(said(piece).slice(1, 4)).toEqual([
      "op_0_hidden = Sqrt(in_0)",
      "op_0 = Snapshot(op_0_hidden)",
      "op_1 = RealDiv(in_0, op_0)",
    ]);
  });

  it("hide from TensorFlow a bias before a swish that somebody else reads", () => {
    const [values, biased, gate, swished] = [1, 2, 3, 4].map(() => source("result", [1, 4, 4, 3]));
    if (!values || !biased || !gate || !swished) throw new Error("There are four.");
    const bias = source("given", [3]);
    const swish = [
      operation("AddV2", [values, bias], biased),
      operation("Sigmoid", [biased], gate),
      operation("Mul", [biased, gate], swished),
    ];
    const cut = (wanted: readonly Source[]) =>
      said(cutPieces({ operations: swish, borders: [], wanted: new Set(wanted) })[0]).slice(2, 4);
    expect(cut([swished])).toEqual(["op_0 = BiasAdd(in_0, in_1)", "op_1 = Sigmoid(op_0)"]);
    expect(cut([swished, biased])).toEqual([
      "op_0_hidden = AddV2(in_0, in_1)",
      "op_0 = Snapshot(op_0_hidden)",
    ]);
    const leaky = [swish[0] ?? operation("", []), operation("LeakyRelu", [biased], swished)];
    const wanted = new Set([swished, biased]);
    expect(said(cutPieces({ operations: leaky, borders: [], wanted })[0])[3]).toBe(
      "op_0 = Snapshot(op_0_hidden)",
    );
  });
});
