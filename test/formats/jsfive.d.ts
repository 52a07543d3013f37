/** The part of jsfive that the tests use; the package has no types. */
declare module "jsfive" {
  export class Group {
    readonly name: string;
    readonly parent: Group;
    readonly file: File;
    readonly keys: string[];
    readonly values: unknown[];
    readonly attrs: Record<string, unknown>;
    length(): number;
    get(path: string): unknown;
  }
  export class File extends Group {
    constructor(bytes: ArrayBuffer, filename?: string);
    readonly filename: string;
    readonly mode: string;
    readonly userblock_size: number;
  }
  export class Dataset {
    readonly name: string;
    readonly parent: Group;
    readonly file: File;
    readonly shape: number[];
    readonly dtype: unknown;
    readonly value: unknown;
    readonly attrs: Record<string, unknown>;
    readonly fillvalue: unknown;
  }
}
