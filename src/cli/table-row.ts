/**
 * Creates a formatter of lines with columns of fixed widths, since lines are printed as they are read.
 *
 * @param widths a negative one aligns right.
 */
export function createRow(widths: readonly number[]): (cells: readonly string[]) => string {
  return (cells) => {
    const padded = cells.map((cell, column) => {
      const width = widths[column] ?? 0;
      return width < 0 ? cell.padStart(-width) : cell.padEnd(width);
    });
    return `${padded.join('  ').trimEnd()}\n`;
  };
}
