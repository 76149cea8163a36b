import { expect } from 'vitest';
import type { IssuedToken, TestResponse, TestServer } from '../support/server.js';

/** Sends operations with a token, and expects them to be answered or to be refused as too complex. */
export function sizeExpectations(token: () => IssuedToken) {
  const send = async (server: TestServer, query: string, variables = {}): Promise<TestResponse> =>
    await server.send(token(), query, variables);
  return {
    send,
    expectRefusal: async (server: TestServer, query: string, message: string, variables = {}): Promise<void> => {
      const { status, data, errors } = await send(server, query, variables);
      expect({ status, data }).toEqual({ status: 400, data: undefined });
      expect(errors).toHaveLength(1);
      expect(errors?.[0]?.message).toContain(message);
      expect(errors?.[0]?.extensions).toEqual({ code: 'OPERATION_TOO_COMPLEX' });
    },
    expectAnswer: async (server: TestServer, query: string, variables = {}): Promise<void> => {
      expect(await send(server, query, variables)).toMatchObject({ status: 200, errors: undefined });
    },
  };
}
