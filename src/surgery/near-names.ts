/** Those of the names that look most like a wanted one, the nearest first: at most `most`, none that is far off. */
export function nearNames(wanted: string, names: readonly string[], most = 5): readonly string[] {
  const word = wanted.toLowerCase();
  return [...new Set(names)]
    .map((name) => ({ name, far: distance(word, name.toLowerCase()) }))
    .filter(({ name, far }) => far <= Math.max(2, Math.min(word.length, name.length) / 2))
    .sort((a, b) => a.far - b.far)
    .slice(0, most)
    .map(({ name }) => name);
}

/** How many letters must change; letters before or behind a name that holds the other count little. */
function distance(a: string, b: string): number {
  if (b.includes(a) || a.includes(b)) return 1.5 + Math.abs(a.length - b.length) / 8;
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
