/** Names that are each given out once. */
export class NameBook {
  readonly #taken = new Set<string>();

  /** The name, or with a number behind it when it is taken. */
  unique(name: string): string {
    let free = name;
    for (let count = 1; this.#taken.has(free); count++) free = `${name}_${count}`;
    this.#taken.add(free);
    return free;
  }
}
