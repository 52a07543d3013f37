import protobuf from "protobufjs";
import { describe, expect, it } from "vitest";
import { savedModel } from "../../../src/formats/tensorflow/saved-model.ts";

/** What is used of TensorFlow's own schemas. @see tensorflow/core/protobuf/saved_model.proto and what it imports */
const SCHEMA = `syntax = "proto3";
message SavedModel { int64 saved_model_schema_version = 1; repeated MetaGraphDef meta_graphs = 2; }
message MetaGraphDef {
  message MetaInfoDef { string meta_graph_version = 1; repeated string tags = 4; }
  MetaInfoDef meta_info_def = 1; GraphDef graph_def = 2;
}
message GraphDef { repeated NodeDef node = 1; VersionDef versions = 4; }
message VersionDef { int32 producer = 1; int32 min_consumer = 2; }
message NodeDef {
  string name = 1; string op = 2; repeated string input = 3; string device = 4; map<string, AttrValue> attr = 5;
}
message AttrValue {
  message ListValue { repeated bytes s = 2; repeated int64 i = 3; repeated float f = 4; repeated int32 type = 6; }
  oneof value {
    bytes s = 2; int64 i = 3; float f = 4; bool b = 5; int32 type = 6; TensorShapeProto shape = 7; TensorProto tensor = 8;
    ListValue list = 1;
  }
}
message TensorShapeProto { message Dim { int64 size = 1; string name = 2; } repeated Dim dim = 2; bool unknown_rank = 3; }
message TensorProto { int32 dtype = 1; TensorShapeProto tensor_shape = 2; int32 version_number = 3; bytes tensor_content = 4; }
`;

const SavedModel = protobuf.parse(SCHEMA).root.lookupType("SavedModel");

function read(bytes: Uint8Array): unknown {
  return SavedModel.toObject(SavedModel.decode(bytes), { longs: Number, bytes: Array });
}

describe("a SavedModel", () => {
  it("holds its nodes with attributes of every kind under the tag serve", () => {
    const bytes = savedModel([
      { name: "x", op: "Placeholder", inputs: [], attributes: { shape: { shape: [2, 3] } } },
      {
        name: "y",
        op: "Some",
        inputs: ["x", "x:1"],
        attributes: {
          T: { type: 1 },
          padding: { text: "SAME" },
          strides: { integers: [1, 2, 2, 1] },
          axis: { integer: -1 },
          epsilon: { float: 0.5 },
          keep: { flag: true },
          dtypes: { types: [1, 3] },
        },
      },
    ]);
    expect(read(bytes)).toEqual({
      savedModelSchemaVersion: 1,
      metaGraphs: [
        {
          metaInfoDef: { tags: ["serve"] },
          graphDef: {
            versions: { producer: expect.any(Number) },
            node: [
              {
                name: "x",
                op: "Placeholder",
                attr: { shape: { shape: { dim: [{ size: 2 }, { size: 3 }] } } },
              },
              {
                name: "y",
                op: "Some",
                input: ["x", "x:1"],
                attr: {
                  T: { type: 1 },
                  padding: { s: [...Buffer.from("SAME")] },
                  strides: { list: { i: [1, 2, 2, 1] } },
                  axis: { i: -1 },
                  epsilon: { f: 0.5 },
                  keep: { b: true },
                  dtypes: { list: { type: [1, 3] } },
                },
              },
            ],
          },
        },
      ],
    });
  });

  it("holds constants as they lie in memory", () => {
    const numbers = new Int32Array([7, -1]);
    const tensor = { type: 3, shape: [2], bytes: new Uint8Array(numbers.buffer) };
    const bytes = savedModel([
      { name: "c", op: "Const", inputs: [], attributes: { value: { tensor } } },
    ]);
    expect(read(bytes)).toMatchObject({
      metaGraphs: [
        {
          graphDef: {
            node: [
              {
                attr: {
                  value: {
                    tensor: {
                      dtype: 3,
                      tensorShape: { dim: [{ size: 2 }] },
                      tensorContent: [7, 0, 0, 0, 255, 255, 255, 255],
                    },
                  },
                },
              },
            ],
          },
        },
      ],
    });
  });
});
