import { createHash } from "node:crypto";
import { readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type FeatureCache, openFeatureCache } from "../../../src/io/features/feature-cache.ts";
import { temporaryFolder } from "../../temporary.ts";

const KIND = { space: keyOf("base"), length: 3 };
const ROW = Float32Array.of(0.1, -2, Number.NaN);

test("gives rows back bit for bit, in the run that kept them and in later ones", async () => {
  const folder = temporaryFolder();
  const cache = openFeatureCache(folder, KIND);
  await cache.add(keyOf("a"), ROW);
  expect(readOf(cache, "a")).toEqual(ROW);
  await cache.flush();
  expect(readOf(cache, "a")).toEqual(ROW);
  cache.close();
  expect(readOf(openFeatureCache(folder, KIND), "a")).toEqual(ROW);
});

test("has no row of another base, of other sizes, or of another picture", async () => {
  const folder = await filled();
  expect(readOf(openFeatureCache(folder, KIND), "b")).toBeUndefined();
  expect(readOf(openFeatureCache(folder, { ...KIND, space: keyOf("other") }), "a")).toBeUndefined();
  expect(readOf(openFeatureCache(folder, { ...KIND, length: 2 }), "a")).toBeUndefined();
});

test("does not believe a row that was damaged, and takes it from elsewhere where it is kept again", async () => {
  const folder = await filled();
  const [path = ""] = filesOf(folder);
  const bytes = readFileSync(path);
  writeFileSync(path, bytes.with(bytes.length - 1, (bytes.at(-1) ?? 0) ^ 1));
  const cache = openFeatureCache(folder, KIND);
  expect(readOf(cache, "a")).toBeUndefined();
  await cache.add(keyOf("b"), ROW);
  await cache.add(keyOf("a"), ROW);
  await cache.flush();
  expect(readOf(openFeatureCache(folder, KIND), "a")).toEqual(ROW);
});

test("passes over files that are cut off or no rows at all", async () => {
  const folder = await filled();
  const [path = ""] = filesOf(folder);
  writeFileSync(join(path, "..", "empty.rows"), "");
  writeFileSync(join(path, "..", "text.rows"), "x".repeat(200));
  truncateSync(path, 100);
  expect(readOf(openFeatureCache(folder, KIND), "a")).toBeUndefined();
});

test("writes a damaged file anew under its name", async () => {
  const folder = await filled();
  const [path = ""] = filesOf(folder);
  truncateSync(path, 100);
  const cache = openFeatureCache(folder, KIND);
  await cache.add(keyOf("a"), ROW);
  await cache.flush();
  expect(filesOf(folder)).toEqual([path]);
  expect(readOf(openFeatureCache(folder, KIND), "a")).toEqual(ROW);
});

test("says what is in the way of its folder", () => {
  const path = join(temporaryFolder(), "file");
  writeFileSync(path, "");
  expect(() => openFeatureCache(path, KIND)).toThrow(/cannot be made.*\n.*another folder/);
});

async function filled(): Promise<string> {
  const folder = temporaryFolder();
  const cache = openFeatureCache(folder, KIND);
  await cache.add(keyOf("a"), ROW);
  await cache.flush();
  cache.close();
  return folder;
}

function filesOf(folder: string): readonly string[] {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return names.filter((name) => name.endsWith(".rows")).map((name) => join(folder, name));
}

function readOf(cache: FeatureCache, name: string): Float32Array | undefined {
  const target = new Float32Array(3);
  return cache.read(keyOf(name), target) ? target : undefined;
}

function keyOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
