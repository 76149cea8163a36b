/** How a cell begins that a spreadsheet takes for a formula (OWASP, "CSV Injection"), full-width signs included. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;

/** What cannot be seen in a file: white space around a text, and control characters within it. */
const UNTIDY = /^\s|\s$|\p{Cc}/u;

/** Whether a text has white space around it, or control characters in it. */
export function isUntidy(text: string): boolean {
  return UNTIDY.test(text);
}

/** What a cell holds. A key is compared to the letter, so that what cannot be seen in it has to be meant. */
export type CellKind = 'text' | 'key';

/**
 * Writes a text as the cell of a CSV file: an apostrophe stands before one that a spreadsheet would run, and before an
 * untidy key. {@link unescapeCell} gives back exactly the text.
 */
export function escapeCell(text: string, kind: CellKind): string {
  return isEscaped(text, kind) ? `'${text}` : text;
}

/** The text of a cell: without the apostrophe, where it stands before what {@link escapeCell} escapes. */
export function unescapeCell(cell: string, kind: CellKind): string {
  return cell.startsWith("'") && isEscaped(cell.slice(1), kind) ? cell.slice(1) : cell;
}

/** A text that reads like an escaped one is escaped as well, so that no two texts have the same cell. */
function isEscaped(text: string, kind: CellKind): boolean {
  const inner = text.replace(/^'+/, '');
  return FORMULA.test(inner) || (kind === 'key' && isUntidy(inner));
}
