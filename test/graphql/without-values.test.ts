import { describe, expect } from 'vitest';
import { it } from '../support/fixtures.js';
import type { IssuedToken, TestServer } from '../support/server.js';

const ISSUE = /* GraphQL */ `
  mutation ($input: IssueTokenInput!) { issueToken(input: $input) { secret } }
`;

describe('The message of a bad request', () => {
  const messages = async (server: TestServer, query: string, variables?: object, credential?: IssuedToken) => {
    const { errors } = await server.send(credential, query, variables);
    return errors?.map(({ message }) => message);
  };
  const logIn = (server: TestServer, input: unknown) =>
    messages(server, 'mutation ($input: CredentialsInput!) { logIn(input: $input) { expiresIn } }', { input });

  it.for([
    [
      'a misspelt field beside it',
      { username: 'ann', password: 'hunter; 22 at "x"', more: 1 },
      ['Variable "$input" got invalid value; Field "more" is not defined by type "CredentialsInput".'],
    ],
    [
      'a list around it',
      { username: 'ann', password: ['hunter; 22'] },
      ['Variable "$input" got invalid value at "input.password"; String cannot represent this value.'],
    ],
    [
      'no object around it',
      'hunter; 22',
      ['Variable "$input" got invalid value; Expected type "CredentialsInput" to be an object.'],
    ],
  ])('does not repeat the password that was sent with %s', async ([_what, input, expected], { server }) => {
    expect(await logIn(server, input)).toEqual(expected);
  });

  it.for([
    ['password: ["hunter22"]', ['String cannot represent this value.']],
    ['password: 12345678', ['String cannot represent this value.']],
    ['password: "hunter22', ['Syntax Error: Unterminated string.']],
    ['password "hunter22"', ['Syntax Error: Expected ":", found String.']],
    ['password: """hunter22""" "hunter22"', ['Syntax Error: Expected Name, found String.']],
  ])('does not repeat the password of the document in %s', async ([field, expected], { server }) => {
    expect(await messages(server, `mutation { logIn(input: { username: "ann", ${field} }) { expiresIn } }`)).toEqual(
      expected,
    );
  });

  it('does not repeat a list that was written in place of an object', async ({ server }) => {
    const query = 'mutation { logIn(input: [{ username: "ann", password: "hunter22" }, "hunter22"]) { expiresIn } }';
    expect(await messages(server, query)).toEqual(['Expected value of type "CredentialsInput".']);
  });

  it('names the variable, its path and the expected type, and suggests names of the schema', async ({ server }) => {
    const input = { name: 'n', scopes: ['POINT_ADD', 'hunter22'], expiresAt: 'hunter22' };
    expect(await messages(server, ISSUE, { input }, await server.everything())).toEqual([
      expect.stringMatching(
        /^Variable "\$input" got invalid value at "input\.scopes\[0\]"; Value "POINT_ADD" does not exist in "Scope" enum\. Did you mean the enum value "POINTS_ADD"/,
      ),
      'Variable "$input" got invalid value at "input.scopes[1]"; This value does not exist in "Scope" enum.',
      'Variable "$input" got invalid value at "input.expiresAt"; DateTime cannot represent this value.',
    ]);
    expect(await messages(server, '{ users(first: 1.5) { totalCount } }')).toEqual([
      'Int cannot represent this value.',
    ]);
    expect(await messages(server, '{ usrs { totalCount } }')).toEqual([
      'Cannot query field "usrs" on type "Query". Did you mean "users" or "user"?',
    ]);
  });
});
