import { describe, expect, it } from "vitest";
import { type SarifRule, sarifDocument } from "../../src/report/sarif.ts";
import type { ScannedFile, ShownFinding } from "../../src/report/scan-text.ts";

const RULE: SarifRule = { id: "a/b", severity: "error", about: "What it is", help: "What to do" };

function finding(text: string, path: string): ShownFinding {
  return { rule: "a/b", severity: "error", at: { path, layer: "l" }, text, hint: "" };
}

function document(...files: readonly ScannedFile[]) {
  return sarifDocument(files, { version: "1.2.3", rules: [RULE], digest: (text) => text });
}

describe("a SARIF document", () => {
  it("describes the rule, the place and the level of a finding", () => {
    expect(document({ file: "a b/m.h5", findings: [finding("Bad.", "/x")] })).toEqual({
      $schema: "https://json.schemastore.org/sarif-2.1.0.json",
      version: "2.1.0",
      runs: [
        {
          tool: {
            driver: {
              name: "kc",
              version: "1.2.3",
              rules: [
                {
                  id: "a/b",
                  shortDescription: { text: "What it is" },
                  help: { text: "What to do" },
                  defaultConfiguration: { level: "error" },
                },
              ],
            },
          },
          artifacts: [{ location: { uri: "a%20b/m.h5" } }],
          results: [
            {
              ruleId: "a/b",
              ruleIndex: 0,
              level: "error",
              message: { text: "Bad." },
              locations: [
                {
                  physicalLocation: {
                    artifactLocation: { uri: "a%20b/m.h5", index: 0 },
                    region: { startLine: 1 },
                  },
                  logicalLocations: [
                    { fullyQualifiedName: "/x", kind: "member" },
                    { name: "l", kind: "object" },
                  ],
                },
              ],
              partialFingerprints: { "place/v1": '["a b/m.h5","a/b","/x","l"]#0' },
            },
          ],
          columnKind: "utf16CodeUnits",
        },
      ],
    });
  });

  it("gives the same fingerprint to another wording, another one to a second finding", () => {
    const prints = (findings: readonly ShownFinding[]) =>
      JSON.stringify(document({ file: "m.h5", findings })).match(/#\d/g);
    expect(prints([finding("One.", "/x")])).toEqual(prints([finding("Two.", "/x")]));
    expect(prints([finding("One.", "/x"), finding("Two.", "/x")])).toEqual(["#0", "#1"]);
  });
});
