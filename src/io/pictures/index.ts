/**
 * Pictures for Node: folders of classes, lists, and decoding of JPEG, PNG, WebP, GIF and BMP with Pillow's pixels.
 * @module
 */
export {
  type Augmentation,
  type AugmentationOptions,
  drawTransform,
  parseAugmentation,
  type ShiftRange,
} from "../../image/augment/augmentation.ts";
export { type BatchOptions, type PictureBatch, pictureBatches } from "./batches.ts";
export { type ClassFolderOptions, listClassFolder } from "./class-folder.ts";
export {
  type DecodedPicture,
  type DecoderOptions,
  openPictureDecoder,
  type PictureDecoder,
} from "./decoder.ts";
export { type InputOptions, inputShape } from "./load-pictures.ts";
export { openPictureLoader, type PictureLoader } from "./loader.ts";
export { isListName, type ListOptions, listPictures, readPictureList } from "./picture-list.ts";
export type { PictureFault, PictureFile, PictureSet } from "./picture-set.ts";
export { makeThumbnails, type ThumbnailOptions } from "./thumbnails.ts";
export { openTrainingPictures, type TrainingPictureOptions } from "./training-pictures.ts";
