import { writeFileSync } from "node:fs";
import { join } from "node:path";
import h5wasm, { type Entity } from "h5wasm/node";
import { Dataset, File, Group } from "jsfive";
import { beforeAll, describe, expect, it } from "vitest";
import { KcError } from "../../../src/errors.ts";
import { bytesSource, collectBytes } from "../../../src/formats/bytes.ts";
import { openHdf5 } from "../../../src/formats/hdf5/index.ts";
import {
  addDataset,
  createGroup,
  type DatasetContent,
  type GroupContent,
  writeHdf5,
} from "../../../src/formats/hdf5-writer/index.ts";
import { temporaryFolder } from "../../temporary.ts";
import { addCounting, everything } from "./sample.ts";

type Visit = (path: string, member: GroupContent | DatasetContent) => void;

function walk(group: GroupContent, visit: Visit, path = ""): void {
  visit(path, group);
  for (const [name, member] of group.members) {
    if (member.kind === "group") walk(member, visit, `${path}/${name}`);
    else visit(`${path}/${name}`, member);
  }
}

function bytesOf(dataset: DatasetContent): Uint8Array {
  return collectBytes(dataset.data);
}

beforeAll(async () => {
  await h5wasm.ready;
});

describe("a written file", () => {
  const content = everything();
  const bytes = collectBytes(writeHdf5(content));

  it("gives our reader every group, array and attribute back", () => {
    const { root } = openHdf5(bytesSource(bytes));
    walk(content, (path, member) => {
      const found = root.get(path);
      expect([path, found?.kind]).toEqual([path, member.kind]);
      for (const [name, attribute] of member.attributes) {
        const value = found?.attributes.get(name);
        expect(value).toEqual(attribute.kind === "text" ? attribute.value : [...attribute.values]);
      }
      if (found?.kind === "group" && member.kind === "group") {
        expect([...found.keys()].sort()).toEqual([...member.members.keys()].sort());
      }
      if (found?.kind !== "dataset" || member.kind !== "dataset") return;
      expect([found.dtype, found.shape]).toEqual([member.dtype, member.shape]);
      const stored = new Uint8Array(member.data.byteLength);
      found.readBytes(0, stored);
      expect(stored).toEqual(bytesOf(member));
    });
  });

  it("is read equally by the HDF5 library", () => {
    const path = join(temporaryFolder(), "written.h5");
    writeFileSync(path, bytes);
    const file = new h5wasm.File(path, "r");
    walk(content, (at, member) => {
      const found: Entity | null = at === "" ? file : file.get(at);
      for (const [name, attribute] of member.attributes) {
        // It reads texts of ASCII as Latin-1, and an empty one from wherever memory begins.
        if (name === "names" || name === "nothing") continue;
        const value =
          found instanceof h5wasm.Group || found instanceof h5wasm.Dataset
            ? found.attrs[name]?.value
            : undefined;
        if (attribute.kind === "text") expect(value).toBe(attribute.value);
      }
      if (member.kind === "group") {
        const names = found instanceof h5wasm.Group ? [...found.keys()].sort() : undefined;
        expect(names).toEqual([...member.members.keys()].sort());
        return;
      }
      expect(found instanceof h5wasm.Dataset ? found.shape : undefined).toEqual([...member.shape]);
      if (!(found instanceof h5wasm.Dataset) || member.dtype === "float16") return;
      if (member.shape.length === 0 || member.data.byteLength === 0) return;
      const { value } = found;
      if (!ArrayBuffer.isView(value)) throw new Error(`${at} is no array`);
      const numbers = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
      expect(numbers).toEqual(bytesOf(member));
    });
    file.close();
  });

  it("is read by jsfive: names, shapes and texts", () => {
    const file = new File(bytes.slice().buffer, "written.h5");
    expect(file.attrs.model_config).toBe(`{"long": "${"x".repeat(200_000)}"}`);
    const many = file.get("many");
    expect(many instanceof Group && many.keys).toHaveLength(700);
    const kernel = file.get("a/b/c/d/e/f/g/h/kernel:0");
    expect(kernel instanceof Dataset && kernel.shape).toEqual([3, 3, 1, 2]);
  });

  it("is the same, byte for byte, however often it is written and in whatever order it was filled", () => {
    const turned = (group: GroupContent): GroupContent => {
      const members = [...group.members].reverse().map(([name, member]) => {
        return [name, member.kind === "group" ? turned(member) : member] as const;
      });
      return { ...group, members: new Map(members) };
    };
    expect(Buffer.compare(collectBytes(writeHdf5(everything())), bytes)).toBe(0);
    expect(Buffer.compare(collectBytes(writeHdf5(turned(content))), bytes)).toBe(0);
  });

  it("has bfloat16 as Keras 3 has it, opaque", () => {
    const root = createGroup();
    addCounting(root, "weight", "bfloat16", [4]);
    const { root: read } = openHdf5(bytesSource(collectBytes(writeHdf5(root))));
    const found = read.get("weight");
    expect(found?.kind === "dataset" && found.type).toMatchObject({ kind: "opaque", size: 2 });
  });

  it("has booleans as h5py has them", () => {
    const root = createGroup();
    addCounting(root, "flags", "bool", [3]);
    const { root: read } = openHdf5(bytesSource(collectBytes(writeHdf5(root))));
    const found = read.get("flags");
    expect(found?.kind === "dataset" && found.readValues()).toEqual([false, true, false]);
  });

  it("asks each array for its bytes once, and not before its turn", () => {
    const root = createGroup();
    let asked = 0;
    const data = {
      byteLength: 8,
      chunks() {
        asked += 1;
        return [new Uint8Array(8)];
      },
    };
    const attributes = new Map();
    addDataset(root, "a", { kind: "dataset", dtype: "float32", shape: [2], attributes, data });
    const file = writeHdf5(root);
    expect(asked).toBe(0);
    collectBytes(file);
    expect(asked).toBe(1);
  });

  it("refuses two things of one name", () => {
    const root = createGroup();
    addCounting(root, "a/b", "float32", [1]);
    expect(() => addCounting(root, "a/b", "float32", [1])).toThrow(KcError);
    expect(() => addCounting(root, "a/b/c", "float32", [1])).toThrow(
      'Two things in the file would be called "a/b".',
    );
  });

  it("refuses an attribute that no header holds", () => {
    const root = createGroup();
    const values = Array.from({ length: 700 }, () => "x".repeat(100));
    root.attributes.set("layer_names", { kind: "texts", values });
    expect(() => writeHdf5(root)).toThrow(
      'The attribute "layer_names" takes 70056 bytes, more than HDF5 allows.',
    );
  });
});
