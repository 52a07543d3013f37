/** A number with two digits behind the point, ties to even as Python rounds. */
function twoDigits(value: number): string {
  const scaled = value * 100;
  const floor = Math.floor(scaled);
  // Only binary fractions tie exactly, and those survive the multiplication.
  const tie = scaled - floor === 0.5 && scaled / 100 === value;
  const rounded = tie && floor % 2 === 0 ? floor / 100 : undefined;
  return rounded === undefined ? value.toFixed(2) : rounded.toFixed(2);
}

/** Bytes as Keras says them: `7.05 KB`. The generations differ in what they call the smallest unit. */
export function memorySize(bytes: number, smallest: "B" | "Byte"): string {
  let size = bytes;
  for (const unit of [smallest, "KB", "MB", "GB", "TB"]) {
    if (size < 1024) return `${twoDigits(size)} ${unit}`;
    size /= 1024;
  }
  return `${twoDigits(size)} PB`;
}

/** `1,234,567`. */
export function withCommas(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** `3 layers`. */
export function counted(count: number, what: string): string {
  return `${withCommas(count)} ${what}${count === 1 ? "" : "s"}`;
}
