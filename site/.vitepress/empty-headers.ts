import type { MarkdownRenderer } from "vitepress";

/** Makes a header cell that says nothing a plain cell: a screen reader would announce a header without a name. */
export function emptyHeaders(md: MarkdownRenderer): void {
  md.core.ruler.push("empty-headers", ({ tokens }) => {
    tokens.forEach((token, index) => {
      const [text, end] = tokens.slice(index + 1, index + 3);
      if (token.type === "th_open" && text?.content === "" && end) token.tag = end.tag = "td";
    });
  });
}
