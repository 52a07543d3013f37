import type { ScannedFile, ShownFinding } from "./scan-text.ts";

/** A rule, as SARIF describes it. */
export interface SarifRule {
  readonly id: string;
  readonly severity: ShownFinding["severity"];
  readonly about: string;
  readonly help: string;
}

/** What a SARIF document says besides the findings. */
export interface SarifFacts {
  /** Of kc. */
  readonly version: string;
  readonly rules: readonly SarifRule[];
  /** A short digest of a text, always the same. */
  digest(text: string): string;
}

/**
 * The findings as one SARIF run. `file` of each is a relative path with slashes. A finding's fingerprint depends on
 * its rule and place, not on its wording.
 *
 * @see OASIS SARIF 2.1.0, section 3
 */
export function sarifDocument(files: readonly ScannedFile[], facts: SarifFacts): object {
  const { version, rules, digest } = facts;
  const numbers = new Map(rules.map(({ id }, index) => [id, index]));
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "kc", version, rules: rules.map(ruleOf) } },
        artifacts: files.map(({ file }) => ({ location: { uri: uriOf(file) } })),
        results: files.flatMap((scanned, artifact) => {
          const seen = new Map<string, number>();
          return scanned.findings.map((finding) => ({
            ruleId: finding.rule,
            ruleIndex: numbers.get(finding.rule) ?? -1,
            level: finding.severity,
            message: { text: finding.text },
            locations: [locationOf(finding, uriOf(scanned.file), artifact)],
            partialFingerprints: { "place/v1": digest(placeKey(scanned.file, finding, seen)) },
          }));
        }),
        columnKind: "utf16CodeUnits",
      },
    ],
  };
}

function ruleOf({ id, severity, about, help }: SarifRule): object {
  return {
    id,
    shortDescription: { text: about },
    help: { text: help },
    defaultConfiguration: { level: severity },
  };
}

function locationOf({ at }: ShownFinding, uri: string, index: number): object {
  const names = [
    ...(at.path === undefined ? [] : [{ fullyQualifiedName: at.path, kind: "member" }]),
    ...(at.layer === undefined ? [] : [{ name: at.layer, kind: "object" }]),
  ];
  return {
    // Code scanning wants a line even of files that have none.
    physicalLocation: { artifactLocation: { uri, index }, region: { startLine: 1 } },
    ...(names.length === 0 ? {} : { logicalLocations: names }),
  };
}

/** Several findings of one rule at one place are counted. */
function placeKey(file: string, { rule, at }: ShownFinding, seen: Map<string, number>): string {
  const key = JSON.stringify([file, rule, at.path ?? "", at.layer ?? ""]);
  const count = seen.get(key) ?? 0;
  seen.set(key, count + 1);
  return `${key}#${count}`;
}

function uriOf(file: string): string {
  return file.split("/").map(encodeURIComponent).join("/");
}
