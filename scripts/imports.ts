/** A name that a piece of code in the docs imports, and from where. */
export interface Import {
  readonly name: string;
  readonly from: string;
}

/** What the code in a Markdown file imports from packages of ours. */
export function importsOf(markdown: string): Import[] {
  const pattern =
    /(?:import (?:type )?|const )\{([^}]*)\}(?: from |\s*=\s*(?:await import|require)\()"(@redsync\/[\w-]+)"/g;
  return [...markdown.matchAll(pattern)].flatMap(([, list = "", from = ""]) =>
    namesIn(list).map((name) => ({ name, from })),
  );
}

/** What a declaration file exports, types included. */
export function exportsOf(declarations: string): string[] {
  return [...declarations.matchAll(/^export (?:type )?\{([^}]*)\};$/gm)].flatMap(([, list = ""]) =>
    namesIn(list, "as"),
  );
}

/** The names of a list in braces, by what the other side calls them: what is left, or right, of `as` and ":". */
function namesIn(list: string, side?: "as"): string[] {
  return list
    .split(",")
    .map((each) =>
      each
        .trim()
        .replace(/^type /, "")
        .split(/ as |:/),
    )
    .map((parts) => (side === undefined ? parts[0] : parts.at(-1)) ?? "")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}
