import type { GeneratorVersion, TransformParameters } from "./generator.ts";

/** Where the number at `(row, column)` comes from: `(a * row + b * column + c, d * row + e * column + f)`. */
export type AffineMatrix = readonly [
  a: number,
  b: number,
  c: number,
  d: number,
  e: number,
  f: number,
];

/**
 * The matrix of a transformation: turn, shift, shear and zoom, in this order, about the middle of the picture; undefined
 * where nothing moves. @see `GeneratorVersion`
 */
export function affineMatrix(
  { theta, tx, ty, shear, zx, zy }: TransformParameters,
  { width, height }: { readonly width: number; readonly height: number },
  version: GeneratorVersion,
): AffineMatrix | undefined {
  const steps: AffineMatrix[] = [];
  if (theta !== 0) {
    const angle = theta * DEGREE;
    steps.push([Math.cos(angle), -Math.sin(angle), 0, Math.sin(angle), Math.cos(angle), 0]);
  }
  if (tx !== 0 || ty !== 0) steps.push([1, 0, tx, 0, 1, ty]);
  if (shear !== 0) {
    const angle = shear * DEGREE;
    steps.push([1, -Math.sin(angle), 0, 0, Math.cos(angle), 0]);
  }
  if (zx !== 1 || zy !== 1) steps.push([zx, 0, 0, 0, zy, 0]);
  const [first, ...rest] = steps;
  if (first === undefined) return undefined;
  const half = version === "keras-2.9" ? -0.5 : 0.5;
  const [x, y] = [height / 2 + half, width / 2 + half];
  const moved = product(product([1, 0, x, 0, 1, y], rest.reduce(product, first)), [
    1,
    0,
    -x,
    0,
    1,
    -y,
  ]);
  return version === "keras-2.9" ? exchanged(moved) : moved;
}

const DEGREE = Math.PI / 180;

function product([a, b, c, d, e, f]: AffineMatrix, [g, h, i, j, k, l]: AffineMatrix): AffineMatrix {
  return [
    a * g + b * j,
    a * h + b * k,
    a * i + b * l + c,
    d * g + e * j,
    d * h + e * k,
    d * i + e * l + f,
  ];
}

/** Rows for columns, on both sides. */
function exchanged([a, b, c, d, e, f]: AffineMatrix): AffineMatrix {
  return [e, d, f, b, a, c];
}
