import type { Diagnostic } from "../errors.ts";

/** Warnings for names that the class which Xcode makes of a model cannot have for its properties. */
export function swiftWarnings(names: readonly string[]): readonly Diagnostic[] {
  return names.flatMap((name) => {
    if (IDENTIFIER.test(name) && !KEYWORDS.has(name)) return [];
    const why = KEYWORDS.has(name) ? "is a word of Swift" : "is no name in Swift";
    return [
      {
        code: "bad-option" as const,
        text: `"${name}" ${why}, so the class that Xcode makes calls it otherwise.`,
        hint: "Letters, digits and _ are safe, with a letter first.",
      },
    ];
  });
}

const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/;

const KEYWORDS: ReadonlySet<string> = new Set(
  (
    "associatedtype class deinit enum extension fileprivate func import init inout internal let open operator " +
    "private precedencegroup protocol public rethrows static struct subscript typealias var break case catch " +
    "continue default defer do else fallthrough for guard if in repeat return throw switch where while Any as " +
    "await false is nil self Self super throws true try"
  ).split(" "),
);
