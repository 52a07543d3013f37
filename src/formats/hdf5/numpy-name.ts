import type { Endian, Hdf5Type } from "./datatype.ts";

/** numpy's name of a type, such as `<f4` or `S12`; lists for variable-length types, as in jsfive. */
export type Dtype = string | readonly (string | number | Dtype)[];

/** Enums go by their base type; what numpy and jsfive have no name for is `|V` and its size. */
export function numpyName(type: Hdf5Type): Dtype {
  switch (type.kind) {
    case "integer":
      return `${order(type.endian)}${type.signed ? "i" : "u"}${type.size}`;
    case "float":
      return `${order(type.endian)}f${type.size}`;
    case "string":
      return `S${type.size}`;
    case "vlen-string":
      return ["VLEN_STRING", PADDINGS[type.padding], type.charset === "ascii" ? 0 : 1];
    case "vlen":
      return ["VLEN_SEQUENCE", numpyName(type.base)];
    case "reference":
      return ["REFERENCE", type.size];
    case "enum":
      return numpyName(type.base);
    default:
      return `|V${type.size}`;
  }
}

const PADDINGS = { "nul-terminated": 0, "nul-padded": 1, "space-padded": 2 } as const;

function order(endian: Endian): string {
  return endian === "big" ? ">" : "<";
}
