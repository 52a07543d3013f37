import { isWeightBytes, type WeightBytes } from "../../formats/coreml/carriers.ts";
import type { TensorProto } from "../../formats/onnx/types.gen.ts";
import type { Constant } from "./constants.ts";

/** Constants as the model holds them, and the file beside it with the numbers of large ones. */
export interface StoredConstants {
  readonly initializers: readonly TensorProto[];
  /** Undefined: all numbers are in the model. */
  readonly data: WeightBytes | undefined;
}

/** All numbers in the model. */
export function storeInside(constants: readonly Constant[]): StoredConstants {
  const initializers = constants.map(
    (constant): TensorProto => ({ ...head(constant), rawData: constant.bytes }),
  );
  return { initializers, data: undefined };
}

/**
 * Large constants in a file of their own, each from a place on that can be mapped into memory.
 * @see onnx.proto TensorProto.external_data: offsets should be multiples of the page size
 */
export function storeBeside(constants: readonly Constant[], location: string): StoredConstants {
  const parts: Part[] = [];
  let end = 0;
  const initializers = constants.map((constant): TensorProto => {
    const { bytes } = constant;
    if (bytes.byteLength < SMALL) return { ...head(constant), rawData: bytes };
    const offset = Math.ceil(end / PAGE) * PAGE;
    parts.push({ offset, bytes });
    end = offset + bytes.byteLength;
    return {
      ...head(constant),
      externalData: [
        { key: "location", value: location },
        { key: "offset", value: String(offset) },
        { key: "length", value: String(bytes.byteLength) },
      ],
      dataLocation: "EXTERNAL",
    };
  });
  return { initializers, data: { byteLength: end, chunks: () => joined(parts) } };
}

/** Bytes of all numbers. */
export function totalBytes(constants: readonly Constant[]): number {
  return constants.reduce((sum, { bytes }) => sum + bytes.byteLength, 0);
}

/** Smaller constants stay in the model, as in onnx's own tools: shapes and axes must be known without the other file. */
const SMALL = 1024;
const PAGE = 4096;

interface Part {
  readonly offset: number;
  readonly bytes: Constant["bytes"];
}

function* joined(parts: readonly Part[]): Generator<Uint8Array> {
  let end = 0;
  for (const { offset, bytes } of parts) {
    if (offset > end) yield new Uint8Array(offset - end);
    if (isWeightBytes(bytes)) yield* bytes.chunks();
    else yield bytes;
    end = offset + bytes.byteLength;
  }
}

function head({ name, dims, element }: Constant): TensorProto {
  return { dims, dataType: element, name };
}
