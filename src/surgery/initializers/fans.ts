import type { Generation } from "../../sources/keras/layer-spec.ts";

/** How many numbers come together in one output of a weight, and to how many outputs one input goes. */
export interface Fans {
  readonly fanIn: number;
  readonly fanOut: number;
}

/**
 * The fans of a shape as Keras computes them: the last two axes are channels, all before them a window, whatever the layer.
 *
 * @see keras/initializers.py (2.2.4) `_compute_fans`; keras/src/initializers/random_initializers.py (3) `compute_fans`
 */
export function computeFans(shape: readonly number[], generation: Generation): Fans {
  const [first = 1] = shape;
  if (shape.length < 2) {
    const size = generation === 1 || generation === 2 ? Math.sqrt(first) : first;
    return { fanIn: size, fanOut: size };
  }
  if (shape.length > 5 && (generation === 1 || generation === 2)) {
    const size = Math.sqrt(shape.reduce((product, dim) => product * dim, 1));
    return { fanIn: size, fanOut: size };
  }
  const window = shape.slice(0, -2).reduce((product, dim) => product * dim, 1);
  return { fanIn: (shape.at(-2) ?? 1) * window, fanOut: (shape.at(-1) ?? 1) * window };
}
