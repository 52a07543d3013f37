import { type Diagnostic, KcError, type Place } from "../errors.ts";
import { RULES, type RuleId, type Severity } from "./rules.ts";

/** One thing that is dangerous, rotten or worth knowing. */
export interface Finding {
  readonly rule: RuleId;
  readonly severity: Severity;
  readonly at: Place;
  readonly text: string;
  readonly hint: string;
}

/** Collects findings; nothing stops at the first. */
export interface Findings {
  /** The rule's advice is the hint, unless there is a better one. */
  add(rule: RuleId, at: Place, text: string, hint?: string): void;
  /**
   * Runs one step of the scan. What it throws as a `KcError` becomes findings of the rules that `ruleOf` names, none
   * for undefined; the step's result is then undefined.
   */
  attempt<T>(
    at: Place,
    ruleOf: (error: Diagnostic) => RuleId | undefined,
    step: () => T,
  ): T | undefined;
  /** The same collection for what lies in a member: paths begin with its name. */
  within(member: string): Findings;
  readonly all: readonly Finding[];
}

/** The most findings of one rule; more would drown the others. */
const MAX_PER_RULE = 100;

/** An empty collection. */
export function createFindings(): Findings {
  const all: Finding[] = [];
  const seen = new Set<string>();
  const counts = new Map<RuleId, number>();
  return collect(all, "", (finding) => {
    const { rule, at, text } = finding;
    const key = JSON.stringify([rule, at, text]);
    const count = (counts.get(rule) ?? 0) + 1;
    if (seen.has(key) || count > MAX_PER_RULE) return;
    counts.set(rule, count);
    seen.add(key);
    all.push(finding);
  });
}

function collect(
  all: readonly Finding[],
  prefix: string,
  keep: (finding: Finding) => void,
): Findings {
  const add = (rule: RuleId, { file: _, ...at }: Place, text: string, hint?: string) => {
    const { severity, help } = RULES[rule];
    const path = `${prefix}${at.path ?? ""}`;
    const place = path === "" ? at : { ...at, path: printable(path) };
    keep({ rule, severity, at: place, text: printable(text), hint: printable(hint ?? help) });
  };
  return {
    all,
    add,
    within: (member) => collect(all, `${prefix}${member}`, keep),
    attempt(at, ruleOf, step) {
      try {
        return step();
      } catch (error) {
        if (!(error instanceof KcError)) throw error;
        for (const found of error.diagnostics) {
          const rule = ruleOf(found);
          if (rule !== undefined) add(rule, { ...at, ...found.at }, found.text);
        }
        return undefined;
      }
    },
  };
}

/** Texts quote a stranger's file: nothing of it may steer the terminal. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (char) => {
    return `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`;
  });
}
