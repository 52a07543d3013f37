import { damaged, notRead, pictureReader } from "./picture.ts";

/** What the markers of a JPEG say before its data. */
export interface JpegHeader {
  readonly width: number;
  readonly height: number;
  /** 1 for gray, 3 for colour, 4 for the four inks of printers. */
  readonly components: number;
  /** The number in Adobe's marker: 0 plain, 1 YCbCr, 2 YCCK; undefined without the marker. */
  readonly adobe: number | undefined;
  readonly exif: Uint8Array | undefined;
}

/**
 * Reads the markers up to the first scan. Throws `corrupt-file` where there is none, `unsupported` for kinds of JPEG
 * that nothing reads (lossless, arithmetic, 12 bits). @see ITU-T T.81, annex B
 */
export function readJpegHeader(bytes: Uint8Array, file: string): JpegHeader {
  const reader = pictureReader(bytes, file);
  let frame: { width: number; height: number; components: number } | undefined;
  let adobe: number | undefined;
  let exif: Uint8Array | undefined;
  for (let at = 2; ; ) {
    while (reader.u8(at) === 0xff && reader.u8(at + 1) === 0xff) at += 1;
    if (reader.u8(at) !== 0xff) {
      at += 1; // Stray bytes between markers are skipped, as libjpeg does.
      continue;
    }
    const marker = reader.u8(at + 1);
    if (marker === 0xda) break;
    if (marker === 0xd9) return damaged(file, "it ends before its picture");
    const alone = marker === 0 || marker === 1 || (marker >= 0xd0 && marker <= 0xd8);
    const length = alone ? 0 : reader.u16be(at + 2);
    const body = at + 4;
    if (isFrame(marker)) {
      checkKind(marker, reader.u8(body), file);
      const [height, width] = [reader.u16be(body + 1), reader.u16be(body + 3)];
      frame = { width, height, components: reader.u8(body + 5) };
    }
    const data = alone || length < 2 ? new Uint8Array() : reader.slice(body, length - 2);
    if (marker === 0xee && text(data, 5) === "Adobe" && data.length >= 12) adobe = data[11];
    if (marker === 0xe1 && text(data, 4) === "Exif") exif ??= data;
    at += 2 + length;
  }
  if (frame === undefined) return damaged(file, "it has no frame");
  return { ...frame, adobe, exif };
}

/** How many scans a JPEG has; each of a progressive one costs as much as the whole picture. */
export function countScans(bytes: Uint8Array): number {
  return markersOf(bytes, 0xda);
}

/** Whether a marker says that the picture has ended; that of a thumbnail comes before the picture. */
export function endsProperly(bytes: Uint8Array): boolean {
  let scan = bytes.lastIndexOf(0xda);
  while (scan > 0 && bytes[scan - 1] !== 0xff) scan = bytes.lastIndexOf(0xda, scan - 1);
  return scan > 0 && markersOf(bytes.subarray(scan), 0xd9) > 0;
}

function markersOf(bytes: Uint8Array, marker: number): number {
  let count = 0;
  for (let at = bytes.indexOf(0xff); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    if (bytes[at + 1] === marker) count += 1;
  }
  return count;
}

/** SOF0 … SOF15, without the tables among them (DHT, JPG, DAC). */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}

function checkKind(marker: number, depth: number, file: string): void {
  if (marker > 0xc2) notRead(file, `JPEGs of kind SOF${marker - 0xc0}`);
  if (depth !== 8) notRead(file, `JPEGs of ${depth} bits`);
}

function text(data: Uint8Array, length: number): string {
  return String.fromCharCode(...data.subarray(0, length));
}
