/** Things by the frame around them, in their order; what is in no frame under undefined. */
export function groupByFrame<T extends { readonly frame?: string }>(
  items: readonly T[],
): ReadonlyMap<string | undefined, readonly T[]> {
  const groups = new Map<string | undefined, T[]>();
  for (const item of items) {
    const group = groups.get(item.frame) ?? [];
    groups.set(item.frame, group);
    group.push(item);
  }
  return groups;
}
