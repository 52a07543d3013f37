import { Writer } from "protobufjs/minimal.js";
import { maskedCrc32c } from "./crc32c.ts";

/** A number that TensorBoard draws. */
export interface Scalar {
  /** Its chart: `epoch_loss`. */
  readonly tag: string;
  readonly value: number;
}

/** What a file of events begins with; `seconds` since 1970. @see event.proto Event.file_version */
export function versionRecord(seconds: number): Uint8Array {
  const event = new Writer().uint32(WALL_TIME).double(seconds);
  return record(event.uint32(FILE_VERSION).string("brain.Event:2").finish());
}

/** Numbers of one step. @see event.proto Event; summary.proto Summary.Value */
export function scalarsRecord(
  seconds: number,
  step: number,
  scalars: readonly Scalar[],
): Uint8Array {
  const event = new Writer().uint32(WALL_TIME).double(seconds).uint32(STEP).int64(step);
  event.uint32(SUMMARY).fork();
  for (const { tag, value } of scalars) {
    event.uint32(SUMMARY_VALUE).fork().uint32(TAG).string(tag);
    event.uint32(TENSOR).fork().uint32(DTYPE).int32(DT_FLOAT);
    event.uint32(TENSOR_SHAPE).fork().ldelim();
    event.uint32(FLOAT_VALUES).fork().float(value).ldelim().ldelim();
    event.uint32(METADATA).fork();
    event.uint32(PLUGIN_DATA).fork().uint32(PLUGIN_NAME).string("scalars").ldelim();
    event.uint32(DATA_CLASS).int32(DATA_CLASS_SCALAR).ldelim().ldelim();
  }
  return record(event.ldelim().finish());
}

/** Field numbers with their wire types. */
const [WALL_TIME, STEP, FILE_VERSION, SUMMARY] = [
  field(1, 1),
  field(2, 0),
  field(3, 2),
  field(5, 2),
];
const SUMMARY_VALUE = field(1, 2);
const [TAG, TENSOR, METADATA] = [field(1, 2), field(8, 2), field(9, 2)];
/** @see tensor.proto TensorProto */
const [DTYPE, TENSOR_SHAPE, FLOAT_VALUES] = [field(1, 0), field(2, 2), field(5, 2)];
const DT_FLOAT = 1;
/** @see summary.proto SummaryMetadata */
const [PLUGIN_DATA, PLUGIN_NAME, DATA_CLASS] = [field(1, 2), field(1, 2), field(4, 0)];
const DATA_CLASS_SCALAR = 1;

function field(number: number, wireType: number): number {
  return (number << 3) | wireType;
}

/** Length and data, each with its checksum. @see tensorflow/core/lib/io/record_writer.cc */
function record(data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(data.length + 16);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length, true);
  view.setUint32(8, maskedCrc32c(bytes.subarray(0, 8)), true);
  bytes.set(data, 12);
  view.setUint32(12 + data.length, maskedCrc32c(data), true);
  return bytes;
}
