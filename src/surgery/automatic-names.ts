import { snakeCase } from "../sources/keras/parse-model.ts";
import type { SpecTable } from "../sources/keras/slots.ts";
import type { LayerConfig } from "../sources/keras/topology.ts";

/**
 * How a model calls the layers of a file that have their names from Keras (`conv2d_5`): such names count what a session made before, from 0
 * or from 1, and Keras 1 spells them otherwise (`convolution2d_5`). Where the model has as many of a class as the file, the first is the
 * first. All other names stay.
 */
export function automaticNames(
  layers: readonly LayerConfig[],
  stored: readonly string[],
  specs: SpecTable,
): (name: string) => string {
  const classes = new Map<string, string>();
  for (const { fileClass } of layers) {
    const spellings = specs.get(fileClass)?.classNames ?? [fileClass];
    for (const spelling of spellings) classes.set(plain(snakeCase(spelling)), spellings[0] ?? "");
  }
  const classOf = (name: string): string | undefined =>
    classes.get(plain(name.replace(NUMBER, "")));
  const own = byClass(
    layers.map(({ name }) => name),
    classOf,
  );
  const renamed = new Map<string, string>();
  for (const [className, there] of byClass(stored, classOf)) {
    const here = own.get(className) ?? [];
    if (here.length !== there.length || here.every((name) => there.includes(name))) continue;
    for (const [index, name] of there.entries()) renamed.set(name, here[index] ?? name);
  }
  return (name) => renamed.get(name) ?? name;
}

/** Automatic names by class, in the order of their numbers. */
function byClass(
  names: readonly string[],
  classOf: (name: string) => string | undefined,
): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const name of names) {
    const className = classOf(name);
    if (className !== undefined) found.set(className, [...(found.get(className) ?? []), name]);
  }
  for (const list of found.values()) list.sort((a, b) => numberOf(a) - numberOf(b));
  return found;
}

const NUMBER = /_(\d+)$/;

function numberOf(name: string): number {
  return Number(NUMBER.exec(name)?.[1] ?? 0);
}

/** `batch_normalization` and `batchnormalization` are one. */
function plain(stem: string): string {
  return stem.replaceAll("_", "");
}
