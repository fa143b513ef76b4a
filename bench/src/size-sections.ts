import { type BundleSize, bundleSizes, coreFiles, type FileSize } from "./bundle-size.ts";
import { tenths, whole } from "./figures.ts";
import type { Section } from "./section.ts";
import { table } from "./table.ts";
import { atMost, inOneCell, bytes as ofBytes } from "./verdict.ts";

/** What is downloaded, or uploaded to a worker. */
export const sizeSection: Section = {
  id: "size",
  async measure() {
    const sizes = await bundleSizes();
    return {
      text: bundleTable(sizes),
      rows: sizes.map(({ title, gzipped }) => ({ title, measured: gzipped })),
      targets: sizes.flatMap((size) => {
        const verdict = verdictOn(size);
        if (verdict === undefined) return [];
        const { target, outcome } = verdict;
        const measured = whole.format(size.gzipped);
        return [{ what: `Size of ${size.title}, gzipped`, target: `${target} bytes`, measured, outcome }];
      }),
    };
  },
};

/** Which of core's files takes how much of it. */
export const sizeOfFilesSection: Section = {
  id: "size-of-files",
  async measure() {
    const sizes = await coreFiles();
    return {
      text: fileTable(sizes),
      rows: sizes.map(({ file, minified }) => ({ title: file, measured: minified })),
    };
  },
};

function verdictOn({ limit, gzipped }: BundleSize) {
  return limit === undefined ? undefined : atMost(limit, gzipped, ofBytes);
}

function bundleTable(sizes: readonly BundleSize[]): string {
  const body = sizes.map((size) => [
    size.title,
    whole.format(size.minified),
    whole.format(size.gzipped),
    inOneCell(verdictOn(size)),
  ]);
  const head = ["", "minified, bytes", "and gzipped", "target"];
  return `### Size of everything a package exports\n\n${table(head, body)}\n`;
}

function fileTable(sizes: readonly FileSize[]): string {
  const total = sizes.reduce((sum, { minified }) => sum + minified, 0);
  const body = sizes.map(({ file, minified }) => [
    file,
    whole.format(minified),
    `${tenths.format((100 * minified) / total)} %`,
  ]);
  return `### Size of core, file by file\n\n${table(["", "minified, bytes", "share"], body)}\n`;
}
