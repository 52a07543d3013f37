/** Pictures to be shown to a model, in a fixed order, with what is known of each. */
export interface PictureSet {
  readonly files: readonly PictureFile[];
  /** By number; empty where the pictures have no labels. */
  readonly classes: readonly string[];
  /** Classes without a single picture. */
  readonly emptyClasses: readonly string[];
  /** What looks like a picture and cannot be used: it is counted, never dropped silently. */
  readonly faults: readonly PictureFault[];
  /** Files that are no pictures, by their names: texts, archives, … */
  readonly ignored: readonly string[];
}

/** One picture. */
export interface PictureFile {
  /** Where it is. */
  readonly path: string;
  /** As Keras' `filenames` have it: relative to the folder, with slashes. */
  readonly name: string;
  /** Its class by number; undefined without labels. */
  readonly label: number | undefined;
}

/** A picture that cannot be used. */
export interface PictureFault {
  readonly name: string;
  readonly path: string;
  /** A sentence. */
  readonly why: string;
}

/** What a name says about a file. */
export type NameKind = "picture" | "other-picture" | "other";

/** By its extension, whatever its case: those that Keras reads, and WebP. */
export function kindByName(name: string): NameKind {
  const lower = name.toLowerCase();
  if (PICTURES.some((extension) => lower.endsWith(extension))) return "picture";
  return OTHERS.some((extension) => lower.endsWith(extension)) ? "other-picture" : "other";
}

const PICTURES = [".jpg", ".jpeg", ".png", ".bmp", ".gif", ".webp"];
/** Keras' flow_from_directory takes the first three of these; they are not read here. */
const OTHERS = [".ppm", ".tif", ".tiff", ".heic", ".heif", ".avif", ".jxl", ".jp2", ".svg"];
