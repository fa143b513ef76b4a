import { firstOf, rule } from "../rule.ts";

export const servedInTheOrderOfTheLine = rule({
  name: "served in the order of the line",
  promise:
    "Whoever comes while others of his process wait in line is given the name after all of them that do not give up.",
  onReport(report, { coverage, lines }) {
    if (report.what !== "left the line" || !report.isGiven) return undefined;
    const { waiter } = report;
    const { name, process } = waiter;
    if (!waiter.isFair) return undefined;
    const others = lines.of(process, name);
    if (others.some((other) => waiter.isBefore(other)))
      coverage.count("given the name before others in line");
    return firstOf(others, (other) =>
      other.isBefore(waiter)
        ? `process ${process.index} has ${name} for who came ${waiter.began}, not for who waits since ${other.began}`
        : undefined,
    );
  },
});
