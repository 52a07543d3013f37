import { fail } from "../../errors.ts";
import { Cursor, latin1 } from "./cursor.ts";
import type { Hdf5Reader } from "./reader.ts";

/** Numbers of the header messages that mean something here. */
export const MESSAGE = {
  dataspace: 0x01,
  linkInfo: 0x02,
  datatype: 0x03,
  oldFillValue: 0x04,
  fillValue: 0x05,
  link: 0x06,
  externalFiles: 0x07,
  layout: 0x08,
  filters: 0x0b,
  attribute: 0x0c,
  continuation: 0x10,
  symbolTable: 0x11,
  attributeInfo: 0x15,
} as const;

/** One message of an object header. */
export interface HeaderMessage {
  readonly type: number;
  /** Bit 1: the body is a reference to a message stored elsewhere. */
  readonly flags: number;
  /** A fresh cursor over the body. */
  body(): Cursor;
}

/** All messages of the object header (version 1 or 2) at `address`, continuations included. */
export function readObjectHeader(reader: Hdf5Reader, address: number): readonly HeaderMessage[] {
  const start = reader.cursor(address, 4, "an object header");
  return latin1(start.bytes) === "OHDR" ? readNew(reader, address) : readOld(reader, address);
}

/** The first message of a type. */
export function findMessage(
  messages: readonly HeaderMessage[],
  type: number,
): HeaderMessage | undefined {
  return messages.find((message) => message.type === type);
}

const CONTINUATION = "an object header continuation";

/** Blocks still to read; an address is read once only, so a ring of continuations ends. */
interface Queue {
  next(): { address: number; length: number } | undefined;
  add(cursor: Cursor): void;
}

function createQueue(address: number): Queue {
  const seen = new Set([address]);
  const waiting: { address: number; length: number }[] = [];
  return {
    next: () => waiting.shift(),
    add(cursor) {
      const block = { address: cursor.definedAddress(), length: cursor.length() };
      if (seen.has(block.address)) cursor.corrupt("continues where it has been before");
      seen.add(block.address);
      waiting.push(block);
    },
  };
}

function readOld(reader: Hdf5Reader, address: number): HeaderMessage[] {
  const prefix = reader.cursor(address, 16, "an object header");
  prefix.version(1);
  prefix.skip(1);
  const count = prefix.u16();
  prefix.skip(4);
  const length = prefix.u32();
  const queue = createQueue(address + 16);
  const messages: HeaderMessage[] = [];
  let block: Cursor | undefined = reader.cursor(address + 16, length, "an object header");
  let read = 0;
  while (block !== undefined && read < count) {
    while (block.remaining >= 8 && read < count) {
      readOldMessage(reader, block, queue, messages);
      read += 1;
    }
    const next = queue.next();
    block = next && reader.cursor(next.address, next.length, CONTINUATION);
  }
  if (read < count) prefix.corrupt(`promises ${count} messages, but only ${read} are there`);
  return messages;
}

function readOldMessage(
  reader: Hdf5Reader,
  block: Cursor,
  queue: Queue,
  messages: HeaderMessage[],
): void {
  reader.spend(1, "a header message");
  const type = block.u16();
  const size = block.u16();
  const flags = block.u8();
  block.skip(3);
  keep(reader, { type, flags }, block.part(size), queue, messages);
}

function readNew(reader: Hdf5Reader, address: number): HeaderMessage[] {
  const prefix = reader.cursor(address, 6, "an object header");
  prefix.skip(4);
  prefix.version(2);
  const flags = prefix.u8();
  const sizeBytes = 1 << (flags & 3);
  const optional = ((flags & 0x20) !== 0 ? 16 : 0) + ((flags & 0x10) !== 0 ? 4 : 0);
  const head = 6 + optional + sizeBytes;
  const sizes = reader.cursor(address, head, "an object header");
  sizes.skip(6 + optional);
  const length = sizes.uint(sizeBytes);
  const queue = createQueue(address);
  const messages: HeaderMessage[] = [];
  const first = reader.checkedCursor(address, head + length + 4, "an object header");
  first.skip(head);
  readNewMessages(reader, first, { flags, queue, messages });
  for (let next = queue.next(); next !== undefined; next = queue.next()) {
    const block = reader.checkedCursor(next.address, next.length, CONTINUATION);
    block.signature("OCHK");
    readNewMessages(reader, block, { flags, queue, messages });
  }
  return messages;
}

function readNewMessages(
  reader: Hdf5Reader,
  block: Cursor,
  header: { flags: number; queue: Queue; messages: HeaderMessage[] },
): void {
  const head = (header.flags & 4) !== 0 ? 6 : 4;
  // Fewer bytes than a message's head are a gap.
  while (block.remaining >= head) {
    reader.spend(1, "a header message");
    const type = block.u8();
    const size = block.u16();
    const flags = block.u8();
    block.skip(head - 4);
    keep(reader, { type, flags }, block.part(size), header.queue, header.messages);
  }
}

const HIGHEST_KNOWN = 0x18;

function keep(
  reader: Hdf5Reader,
  message: { type: number; flags: number },
  body: Cursor,
  queue: Queue,
  messages: HeaderMessage[],
): void {
  const { type, flags } = message;
  if (type === MESSAGE.continuation) {
    queue.add(body);
    return;
  }
  if (type > HIGHEST_KNOWN && (flags & 0x80) !== 0) {
    fail("unsupported", `An object header needs message type ${type}, which is not known here.`, {
      at: { file: reader.source.name },
    });
  }
  messages.push({ type, flags, body: () => new Cursor(body.bytes, body.place) });
}
