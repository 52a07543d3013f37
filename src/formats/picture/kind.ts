/** What decodes a picture. */
export type PictureKind = "jpeg" | "png" | "webp" | "gif" | "bmp";

/** What a file is by its first bytes; undefined for what is not decoded here. */
export function pictureKind(bytes: Uint8Array): PictureKind | undefined {
  if (starts(bytes, "\x89PNG\r\n\x1a\n")) return "png";
  if (starts(bytes, "\xff\xd8\xff")) return "jpeg";
  if (starts(bytes, "RIFF") && starts(bytes, "WEBP", 8)) return "webp";
  if (starts(bytes, "GIF87a") || starts(bytes, "GIF89a")) return "gif";
  return starts(bytes, "BM") ? "bmp" : undefined;
}

/** The name of another well-known picture format, for messages. */
export function otherPicture(bytes: Uint8Array): string | undefined {
  if (starts(bytes, "II*\0") || starts(bytes, "MM\0*")) return "a TIFF picture";
  if (starts(bytes, "ftyphei", 4) || starts(bytes, "ftypmif1", 4)) return "a HEIC picture";
  if (starts(bytes, "ftypavi", 4)) return "an AVIF picture";
  if (starts(bytes, "\xff\x0a") || starts(bytes, "\0\0\0\x0cJXL ")) return "a JPEG XL picture";
  if (starts(bytes, "\0\0\0\x0cjP  ")) return "a JPEG 2000 picture";
  if (starts(bytes, "<svg") || starts(bytes, "<?xml")) return "an SVG or XML file";
  if (starts(bytes, "<!DOCTYPE") || starts(bytes, "<html")) return "a web page";
  return bytes.length === 0 ? "an empty file" : undefined;
}

function starts(bytes: Uint8Array, text: string, offset = 0): boolean {
  for (let i = 0; i < text.length; i++) {
    if (bytes[offset + i] !== text.charCodeAt(i)) return false;
  }
  return true;
}
