/** Where something stands in a text, both from 1. */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

/** Line and column of a place in a text. */
export function placeAt(text: string, offset: number): TextPlace {
  const before = text.slice(0, offset);
  const line = before.split("\n").length;
  return { line, column: offset - before.lastIndexOf("\n") };
}

/**
 * Where a value of a JSON text stands: at its key, or at its place in a list. `path` as `["phases", 1, "epochs"]`. The text must be sound
 * JSON; what is not in it stands where the innermost thing that is.
 */
export function placeInJson(text: string, path: readonly (string | number)[]): TextPlace {
  const found = new Map<string, number>();
  const tokens = Array.from(text.matchAll(TOKEN));
  let at = 0;
  const value = (own: readonly (string | number)[], start: number): void => {
    const key = JSON.stringify(own);
    if (!found.has(key)) found.set(key, start);
    const opening = tokens[at++]?.[0];
    if (opening !== "{" && opening !== "[") return;
    for (let index = 0; at < tokens.length; index++) {
      const token = tokens[at];
      if (token === undefined || token[0] === "}" || token[0] === "]") break;
      const place = token.index;
      if (opening === "[") value([...own, index], place);
      else {
        at += 2;
        value([...own, textOf(token[0])], place);
      }
      if (tokens[at]?.[0] === ",") at++;
    }
    at++;
  };
  value([], tokens[0]?.index ?? 0);
  for (let length = path.length; length >= 0; length--) {
    const offset = found.get(JSON.stringify(path.slice(0, length)));
    if (offset !== undefined) return placeAt(text, offset);
  }
  return placeAt(text, 0);
}

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

function textOf(token: string): string {
  const parsed: unknown = JSON.parse(token);
  return String(parsed);
}
