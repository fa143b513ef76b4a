import { type Complaint, rule } from "../rule.ts";

export const noValueInAnError = rule({
  name: "no value in an error",
  promise: "No error shows the value of a lock, not even of one whose question was in the same command.",
  onReport: (report) => (report.what === "failed" && !report.isAbort ? leakIn(report.error) : undefined),
});

function leakIn(error: unknown, depth = 0): Complaint {
  if (!(error instanceof Error) || depth > 5) return undefined;
  if (/\bv\d+/.test(error.message)) return error.message;
  const { outcomes = [] } = error as { outcomes?: readonly { readonly error?: Error }[] };
  for (const within of [error.cause, ...outcomes.map((outcome) => outcome.error)]) {
    const leak = leakIn(within, depth + 1);
    if (leak !== undefined) return leak;
  }
  return undefined;
}
