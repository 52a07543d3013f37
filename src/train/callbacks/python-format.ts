/**
 * A number in Python's format language: fill, alignment, sign, zeros, width, precision and the types d, f, F, e, E, g, G and %.
 * Undefined when Python would refuse the format.
 * @see https://docs.python.org/3/library/string.html#format-specification-mini-language
 */
export function formatNumber(
  value: number,
  spec: string,
  type: "integer" | "float",
): string | undefined {
  const found = SPEC.exec(spec)?.groups;
  if (found === undefined) return undefined;
  const { fill, align, sign = "-", zero, width = "", precision } = found;
  const digits = digitsOf(Math.abs(value), { ...found, precision }, type);
  if (digits === undefined) return undefined;
  const negative = value < 0 || Object.is(value, -0);
  const mark = negative ? "-" : sign === "-" ? "" : sign;
  const missing = Math.max(0, Number(width) - mark.length - digits.length);
  const padding = (fill ?? (zero === undefined ? " " : "0")).repeat(missing);
  const place = align ?? (zero === undefined ? ">" : "=");
  if (place === "=") return mark + padding + digits;
  if (place === "<") return mark + digits + padding;
  if (place === ">") return padding + mark + digits;
  const half = Math.floor(missing / 2);
  return padding.slice(0, half) + mark + digits + padding.slice(half);
}

const SPEC =
  /^(?:(?<fill>.)?(?<align>[<>=^]))?(?<sign>[-+ ])?(?<zero>0)?(?<width>[1-9]\d{0,2})?(?:\.(?<precision>\d{1,2}))?(?<type>[dfFeEgG%])?$/;

interface Digits {
  readonly precision?: string | undefined;
  readonly type?: string;
}

/** Without its sign. */
function digitsOf(
  value: number,
  { precision, type }: Digits,
  kind: "integer" | "float",
): string | undefined {
  if (type === "d" || (type === undefined && kind === "integer" && precision === undefined)) {
    return kind === "integer" && precision === undefined ? String(value) : undefined;
  }
  if (!Number.isFinite(value)) {
    const word = Number.isNaN(value) ? "nan" : "inf";
    return `${type === "F" || type === "E" || type === "G" ? word.toUpperCase() : word}${type === "%" ? "%" : ""}`;
  }
  const places = Number(precision ?? 6);
  switch (type) {
    case "f":
    case "F":
      return fixed(value, places);
    case "%":
      return `${fixed(value * 100, places)}%`;
    case "e":
      return exponent(value, places);
    case "E":
      return exponent(value, places).toUpperCase();
    case "g":
      return general(value, places);
    case "G":
      return general(value, places).toUpperCase();
    default:
      return precision === undefined ? shortest(value) : withPoint(general(value, places));
  }
}

/** Halves go to the even digit, which `toFixed` does not do. */
function fixed(value: number, places: number): string {
  const exact = value.toFixed(Math.min(100, places + 50));
  const rounded = value.toFixed(places);
  const cut = exact.indexOf(".") + 1 + places;
  if (!/^50*$/.test(exact.slice(cut))) return rounded;
  const down = places === 0 ? exact.slice(0, cut - 1) : exact.slice(0, cut);
  return Number(down.at(-1)) % 2 === 0 ? down : rounded;
}

/** `1.5e-07`: two digits at least. */
function exponent(value: number, places: number): string {
  return value
    .toExponential(places)
    .replace(/e([+-])(\d)$/, (_, sign: string, digit: string) => `e${sign}0${digit}`);
}

function general(value: number, places: number): string {
  const precision = Math.max(places, 1);
  const power = value === 0 ? 0 : Number(value.toExponential(precision - 1).split("e")[1]);
  if (power < -4 || power >= precision) {
    return exponent(value, precision - 1).replace(/\.?0+e/, "e");
  }
  const text = fixed(value, precision - 1 - power);
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

/** What `repr` gives: as few digits as tell the number apart. */
function shortest(value: number): string {
  const [digits = "", power = "0"] = value.toExponential().split("e");
  if (value !== 0 && (Number(power) < -4 || Number(power) >= 16)) {
    return `${digits}e${power.startsWith("-") ? "-" : "+"}${power.slice(1).padStart(2, "0")}`;
  }
  const text = String(value);
  return text.includes("e") ? value.toFixed(-Number(power) + digits.length - 2) : withPoint(text);
}

function withPoint(text: string): string {
  return /[.e]/.test(text) ? text : `${text}.0`;
}
