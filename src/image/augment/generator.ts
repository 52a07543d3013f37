/**
 * Whose `ImageDataGenerator` it is. `keras-preprocessing` is that of stand-alone Keras and of tf.keras up to 2.2 in their time: the package of this name
 * up to 1.1.0, with SciPy before 1.6. `keras-preprocessing-1.1.1` is that of later ones, beside tf.keras 2.3 to 2.8 and wherever the newest was installed:
 * before they change the brightness they stretch each picture to begin at 0, too. `keras-2.9` is that of tf.keras 2.9 and later and of Keras 3, with SciPy 1.6 and later:
 * - pictures turn about their middle, no longer about a point one pixel to its right and below;
 * - rows and columns are exchanged: a turn goes the other way round, and `tx`, which is drawn from `height_shift_range`,
 *   shifts to the side; the middle of pictures that are not square is off;
 * - brightness no longer stretches the picture to 255 first;
 * - the fill mode `reflect` repeats the pixel at the edge.
 * @see keras/src/legacy/preprocessing/image.py (3), keras_preprocessing/image/affine_transformations.py, utils.py (1.1.0, 1.1.2)
 */
export type GeneratorVersion = "keras-preprocessing" | "keras-preprocessing-1.1.1" | "keras-2.9";

/** All of them. */
export const GENERATOR_VERSIONS: readonly GeneratorVersion[] = [
  "keras-preprocessing",
  "keras-preprocessing-1.1.1",
  "keras-2.9",
];

/** What is seen beyond the edges of a picture. */
export type FillMode = "constant" | "nearest" | "reflect" | "wrap";

/** All of them, in Keras' words. */
export const FILL_MODES: readonly FillMode[] = ["constant", "nearest", "reflect", "wrap"];

/** What happens to one picture: the dictionary of `get_random_transform`. */
export interface TransformParameters {
  /** Turn in degrees. */
  readonly theta: number;
  /** Shifts in pixels: of rows, then of columns. */
  readonly tx: number;
  readonly ty: number;
  /** In degrees. */
  readonly shear: number;
  /** What the distances of rows, then of columns, are multiplied with: more than 1 shows more of the picture. */
  readonly zx: number;
  readonly zy: number;
  readonly flipHorizontal: boolean;
  readonly flipVertical: boolean;
  /** Added to every number; undefined for none. */
  readonly channelShiftIntensity: number | undefined;
  /** Pillow's factor of brightness; undefined for none. */
  readonly brightness: number | undefined;
}

/** A picture that stays as it is. */
export const IDENTITY: TransformParameters = {
  theta: 0,
  tx: 0,
  ty: 0,
  shear: 0,
  zx: 1,
  zy: 1,
  flipHorizontal: false,
  flipVertical: false,
  channelShiftIntensity: undefined,
  brightness: undefined,
};
