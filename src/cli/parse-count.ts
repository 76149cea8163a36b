import { InvalidArgumentError } from 'commander';

/** Creates a parser of whole numbers from 1, for an argument or an option. */
export function parseCount(max: number): (text: string) => number {
  return (text) => {
    const count = /^\d{1,16}$/.test(text) ? Number(text) : 0;
    if (count >= 1 && count <= max) return count;
    throw new InvalidArgumentError(`Write a whole number from 1 to ${max}.`);
  };
}
