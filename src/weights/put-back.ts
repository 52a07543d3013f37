import { sizeOf, type WeightRef } from "../ir/tensor.ts";

/** New numbers for a weight that was made of others. */
export interface WeightChange {
  readonly before: WeightRef;
  /** The same weight made of stand-ins. */
  readonly placed: WeightRef;
  readonly after: WeightRef;
}

/** Weights whose numbers are their own places, so that what is made of them tells where each number came from. */
export interface NumberedWeights {
  /** The weight of the same id, or the weight itself. */
  standIn(ref: WeightRef): WeightRef;
  /** What must stand in the sources, by id, for the changes to come out; and those that no numbers bring about. */
  putBack(changes: readonly WeightChange[]): PutBack;
}

/** Sources with their new numbers. */
export interface PutBack {
  readonly weights: ReadonlyMap<string, WeightRef>;
  /** Sums, products, and weights that share numbers but changed differently. */
  readonly lost: readonly WeightChange[];
}

/**
 * Undoes whatever made weights of stored ones (transposed, turned round, cut, joined) without knowing how: the same is done
 * to weights that hold their own places.
 */
export function numberWeights(sources: readonly WeightRef[]): NumberedWeights {
  const byId = new Map(sources.map((ref) => [ref.id, ref]));
  const clock = { shift: 0 };
  const places: Place[] = [];
  const standIns = new Map<string, WeightRef>();
  let end = 0;
  for (const ref of byId.values()) {
    const first = end;
    end += sizeOf(ref.shape);
    places.push({ ref, first, end });
    standIns.set(ref.id, {
      ...ref,
      readInto(target, start) {
        for (let i = 0; i < target.length; i++) target[i] = clock.shift + first + start + i;
      },
    });
  }
  return {
    standIn: (ref) => standIns.get(ref.id) ?? ref,
    putBack: (changes) => putBack(changes, { byId, places, clock }),
  };
}

interface Place {
  readonly ref: WeightRef;
  readonly first: number;
  readonly end: number;
}

interface Numbering {
  readonly byId: ReadonlyMap<string, WeightRef>;
  /** In ascending order. */
  readonly places: readonly Place[];
  readonly clock: { shift: number };
}

function putBack(changes: readonly WeightChange[], numbering: Numbering): PutBack {
  const { byId } = numbering;
  const drafts = new Map<string, Draft>();
  const lost: WeightChange[] = [];
  const whole = changes.filter(({ placed }) => byId.has(placed.id));
  for (const change of changes) {
    if (!byId.has(change.placed.id) && !scatterBack(change, drafts, numbering)) lost.push(change);
  }
  const weights = new Map<string, WeightRef>();
  for (const change of whole) {
    const { placed, after } = change;
    const source = byId.get(placed.id);
    if (source === undefined) continue;
    if (!drafts.has(placed.id)) weights.set(placed.id, replaced(source, after));
    else if (!scatterBack(change, drafts, numbering)) lost.push(change);
  }
  for (const [id, { source, numbers }] of drafts) {
    const after: WeightRef = {
      ...source,
      readInto: (target, start) => target.set(numbers.subarray(start, start + target.length)),
    };
    weights.set(id, replaced(source, after));
  }
  return { weights, lost };
}

/** New numbers of a source while they come in. */
interface Draft {
  readonly source: WeightRef;
  readonly numbers: Float32Array | Float64Array;
  /** 1 where a number came in. */
  readonly filled: Uint8Array;
}

/** Far beyond all places, so that whatever adds or multiplies them shows. */
const SHIFT = 2 ** 45;
const STRIP = 1 << 16;

/** False when some number that changed comes from no single place. */
function scatterBack(
  { before, placed, after }: WeightChange,
  drafts: Map<string, Draft>,
  { places, clock }: Numbering,
): boolean {
  const size = sizeOf(placed.shape);
  const [here, there, old, fresh] = [0, 1, 2, 3].map(() => new Float64Array(Math.min(STRIP, size)));
  if (here === undefined || there === undefined || old === undefined || fresh === undefined) {
    return false;
  }
  let place: Place | undefined;
  for (let start = 0; start < size; start += STRIP) {
    const length = Math.min(STRIP, size - start);
    clock.shift = SHIFT;
    placed.readInto(there.subarray(0, length), start);
    clock.shift = 0;
    placed.readInto(here.subarray(0, length), start);
    before.readInto(old.subarray(0, length), start);
    after.readInto(fresh.subarray(0, length), start);
    for (let i = 0; i < length; i++) {
      const at = here[i] ?? 0;
      const value = fresh[i] ?? 0;
      const kept = sameNumber(old[i] ?? 0, value);
      if ((there[i] ?? 0) - at !== SHIFT) {
        if (kept) continue;
        return false;
      }
      if (place === undefined || at < place.first || at >= place.end) place = placeOf(at, places);
      if (place === undefined) return false;
      const draft = drafts.get(place.ref.id) ?? begin(place.ref, drafts);
      const index = at - place.first;
      if (draft.filled[index] === 1) {
        if (!sameNumber(draft.numbers[index] ?? 0, value)) return false;
        continue;
      }
      draft.filled[index] = 1;
      if (!kept) draft.numbers[index] = value;
    }
  }
  return true;
}

/** Numbers of training are float32; what they stand for in the file may have more digits. */
function sameNumber(a: number, b: number): boolean {
  return Object.is(a, b) || Object.is(Math.fround(a), b);
}

function begin(source: WeightRef, drafts: Map<string, Draft>): Draft {
  const size = sizeOf(source.shape);
  const wide = WIDE.has(source.dtype);
  const numbers = wide ? new Float64Array(size) : new Float32Array(size);
  source.readInto(numbers, 0);
  const draft = { source, numbers, filled: new Uint8Array(size) };
  drafts.set(source.id, draft);
  return draft;
}

const WIDE: ReadonlySet<string> = new Set(["float64", "int64", "int32"]);

function placeOf(at: number, places: readonly Place[]): Place | undefined {
  let [low, high] = [0, places.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const place = places[middle];
    if (place === undefined) return undefined;
    if (at < place.first) high = middle - 1;
    else if (at >= place.end) low = middle + 1;
    else return Number.isInteger(at) ? place : undefined;
  }
  return undefined;
}

/** The source with other numbers, in its own type. Digits that float32 lacks stay where nothing else changed. */
function replaced(source: WeightRef, after: WeightRef): WeightRef {
  const { dtype, shape } = source;
  const id = `${source.id}|changed`;
  if (!WIDE.has(dtype)) return { id, dtype, shape, readInto: after.readInto };
  return {
    id,
    dtype,
    shape,
    readInto(target, start) {
      after.readInto(target, start);
      const old = new Float64Array(target.length);
      source.readInto(old, start);
      for (let i = 0; i < target.length; i++) {
        if (sameNumber(old[i] ?? 0, target[i] ?? 0)) target[i] = old[i] ?? 0;
      }
    },
  };
}
