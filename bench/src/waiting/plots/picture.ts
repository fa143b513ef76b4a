import { type PlotOptions, plot } from "@observablehq/plot";
import { parseHTML } from "linkedom";
import type { Plot } from "../../section.ts";

/** Narrow, so that a phone shows it hardly smaller than a page. */
const WIDTH = 400;

/** Room for the names of those who are compared, in whatever font the reader has. */
export const NAMES = 172;

/** What a picture is painted with, in light and in dark. */
export const colour = {
  ink: "var(--ink)",
  muted: "var(--muted)",
  grid: "var(--grid)",
  ours: "var(--ours)",
  others: "var(--others)",
} as const;

// A picture of its own inside a page: the page's colours do not reach it, and a media query is answered by the reader's system.
const STYLE = `
  svg { --paper: #ffffff; --ink: #1f2328; --muted: #59636e; --grid: #d8dee4; --ours: #0969da; --others: #818b98;
    background: var(--paper); color: var(--ink);
    font-family: system-ui, -apple-system, "Segoe UI", "Noto Sans", sans-serif; }
  @media (prefers-color-scheme: dark) {
    svg { --paper: #0d1117; --ink: #e6edf3; --muted: #9198a1; --grid: #30363d; --ours: #58a6ff; --others: #7d8590; }
  }
  text { white-space: pre; font-variant-numeric: tabular-nums; }
`;

/** Draws a picture that stands in a file of its own. */
export function picture(file: string, alt: string, options: PlotOptions): Plot {
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const { style: _, ...rest } = options;
  const drawn = plot({
    width: WIDTH,
    ...rest,
    document: document as unknown as Document,
    className: "plot",
  }) as unknown as Element;
  for (const own of drawn.querySelectorAll("style")) own.remove();
  drawn.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  drawn.setAttribute("role", "img");
  drawn.setAttribute("aria-label", alt);
  drawn.setAttribute("font-size", "12");
  const style = document.createElementNS("http://www.w3.org/2000/svg", "style");
  style.textContent = STYLE;
  drawn.prepend(style as unknown as Node);
  return { file: `${file}.svg`, alt, svg: `${drawn.outerHTML}\n` };
}
