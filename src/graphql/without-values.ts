import type { GraphQLError } from 'graphql';

/**
 * What GraphQL finds wrong with a request, without the values that it quotes: beside a misspelt field there may be a
 * password, and a log of the error would keep it. The names of variables, fields, types and enum values stay.
 */
export function withoutValues({ message, originalError }: GraphQLError): string {
  const variable = /^Variable "\$\w+" got invalid value/.exec(message)?.[0];
  if (variable === undefined) return withoutValue(message);
  // The value comes first, then the path in it, then what is wrong there, which is an error of its own.
  const fault = originalError?.message ?? '';
  const path = / at "[\w.[\]]+"$/.exec(message.slice(0, -`; ${fault}`.length))?.[0] ?? '';
  return `${variable}${path}; ${withoutValue(fault)}`;
}

/** The wordings of GraphQL and its scalars that end with a value, or have one in the middle. */
function withoutValue(message: string): string {
  return message
    .replace(/ cannot represent .*/s, ' cannot represent this value.')
    .replace(/^(Expected value of type "[^"]+"), found .*/s, '$1.')
    .replace(/^(Argument "\w+" has invalid value) .*/s, '$1.')
    .replace(/^Value "(?![A-Z_]+" ).*" does not exist in /s, 'This value does not exist in ')
    .replace(/^(Syntax Error: .*\b(?:Block)?String) ".*/s, '$1.');
}
