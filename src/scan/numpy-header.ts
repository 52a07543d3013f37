/**
 * Whether a `.npy` array holds Python objects, which NumPy unpickles: the type in its header is, or has a field,
 * `O`. `bytes` is the beginning of the file.
 *
 * @see numpy.lib.format, "Format Version 1.0"
 */
export function holdsObjects(bytes: Uint8Array): boolean {
  const text = String.fromCharCode(...bytes.subarray(10, 4096));
  const end = text.indexOf("\n");
  const header = end < 0 ? text : text.slice(0, end);
  const type = /'descr':\s*(.*?),\s*'(?:fortran_order|shape)'/s.exec(header)?.[1];
  return type !== undefined && /['"][|<>=]?O\d*['"]/.test(type);
}
