/**
 * The arguments of classes, from a table with a line for each: the class, then its arguments. `groups`: what words in capitals stand for;
 * `common`: arguments of all classes.
 */
export function argumentTable(
  table: string,
  groups: ReadonlyMap<string, string>,
  common: readonly string[] = [],
): ReadonlyMap<string, ReadonlySet<string>> {
  const lines = table.trim().split("\n");
  return new Map(
    lines.map((line) => {
      const [className = "", ...words] = line.split(" ");
      const names = words.flatMap((word) => (groups.get(word) ?? word).split(" "));
      return [className, new Set([...common, ...names])] as const;
    }),
  );
}
