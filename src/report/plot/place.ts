import { fail } from "../../errors.ts";
import { isJsonList, isJsonObject, type Json, type JsonObject } from "../../json.ts";
import { type MeasuredBox, measureBox, measureFrame } from "./measure.ts";
import type { Box, Frame, Line, Picture } from "./picture.ts";

/** A picture with everything at its place, in pixels from the top left corner. */
export interface PlacedPicture {
  readonly title: string;
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly (Place & { readonly box: Box } & MeasuredBox)[];
  readonly frames: readonly (Place & Size & { readonly frame: Frame; readonly text: string })[];
  readonly lines: readonly PlacedLine[];
}

/** A line: a start, three points for each Bézier curve, and the tip of its arrow. */
export interface PlacedLine {
  readonly line: Line;
  readonly points: readonly Place[];
  readonly tip: Place;
  /** The middle of its label. */
  readonly label?: Place;
}

/** A point; of boxes and frames the top left corner. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Free space around everything, in pixels. */
const MARGIN = 16;

/** Takes the places from what Graphviz answered (`-Tjson0`). Throws `internal` when it is no such answer. */
export function placePicture(picture: Picture, answer: Json): PlacedPicture {
  if (!isJsonObject(answer)) fail("internal", "The layout has no objects.");
  const [, , right, top] = numbersIn(answer.bb, 4);
  const at = (x: number, y: number): Place => ({
    x: round(x + MARGIN),
    y: round(top - y + MARGIN),
  });
  const objects = byKey(answer.objects, (object) => textIn(object.name));
  const edges = byKey(answer.edges, (edge) => textIn(edge.id));
  return {
    title: picture.title,
    width: Math.ceil(right + 2 * MARGIN),
    height: Math.ceil(top + 2 * MARGIN),
    boxes: picture.boxes.map((box) => {
      const measured = measureBox(box);
      const [x, y] = numbersIn(objects.get(box.id)?.pos, 2);
      return { box, ...measured, ...at(x - measured.width / 2, y + measured.height / 2) };
    }),
    frames: picture.frames.map((frame) => {
      const [x0, y0, x1, y1] = numbersIn(objects.get(`cluster_${frame.id}`)?.bb, 4);
      const { text } = measureFrame(frame);
      return { frame, text, ...at(x0, y1), width: round(x1 - x0), height: round(y1 - y0) };
    }),
    lines: picture.lines.map((line, index) => placeLine(line, edges.get(String(index)), at)),
  };
}

/** `e,x,y x,y x,y …`: the tip, the start, the curves. */
function placeLine(
  line: Line,
  edge: JsonObject | undefined,
  at: (x: number, y: number) => Place,
): PlacedLine {
  const points = textIn(edge?.pos)
    .split(/\s+/)
    .map((part) => {
      const [x, y] = numbersIn(part.replace(/^[es],/, ""), 2);
      return { ...at(x, y), isTip: part.startsWith("e,") };
    });
  const curve = points.filter(({ isTip }) => !isTip).map(({ x, y }) => ({ x, y }));
  const tip = points.find(({ isTip }) => isTip) ?? points.at(-1);
  if (tip === undefined) return fail("internal", "The layout left out a line.");
  const placed = { line, points: curve, tip: { x: tip.x, y: tip.y } };
  if (edge?.lp === undefined) return placed;
  const [x, y] = numbersIn(edge.lp, 2);
  return { ...placed, label: at(x, y) };
}

function byKey(
  list: Json | undefined,
  keyOf: (object: JsonObject) => string,
): ReadonlyMap<string, JsonObject> {
  return new Map(listOf(list).map((object) => [keyOf(object), object]));
}

function listOf(list: Json | undefined): readonly JsonObject[] {
  return isJsonList(list) ? list.filter(isJsonObject) : [];
}

function textIn(value: Json | undefined): string {
  return typeof value === "string" ? value : fail("internal", "The layout left out a place.");
}

type Four = readonly [number, number, number, number];

function numbersIn(value: Json | undefined, count: 2 | 4): Four {
  const numbers = textIn(value).split(",").map(Number);
  const [a = Number.NaN, b = Number.NaN, c = 0, d = 0] = numbers;
  if (numbers.length < count || ![a, b, c, d].every(Number.isFinite)) {
    fail("internal", "The layout has a place that is no point.");
  }
  return [a, b, c, d];
}

/** Two digits: a hundredth of a pixel cannot be seen, and the file is a third smaller. */
function round(value: number): number {
  return Math.round(value * 100) / 100;
}
