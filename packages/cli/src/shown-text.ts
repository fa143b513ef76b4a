/** What a terminal does not print as a character: it ends the line, moves the cursor, or turns the direction of the text. */
const UNPRINTED = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Text of others, fit for one line of a terminal: what is no printed character stands as JSON has it, such as "\u001b". */
export function plain(text: string): string {
  return text.replaceAll(UNPRINTED, (character) => character.replaceAll(/./gs, escaped));
}

const escaped = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** The same in quotes, as JSON: no two texts look alike. */
export function quoted(text: string): string {
  return plain(JSON.stringify(text));
}

/** A name in a list: as it is if it is one plain word, else in quotes, so that nothing in it can be taken for what stands behind it. */
export function nameText(name: string): string {
  return /^[^\s"\\]+$/.test(name) && plain(name) === name ? name : quoted(name);
}
