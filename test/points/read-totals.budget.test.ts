import { describe, expect } from 'vitest';
import { PointsByDayDocument } from '../operations/generated.js';
import { it } from '../support/fixtures.js';
import { watchStatements } from '../support/statements.js';

describe('Query.pointsByDay', () => {
  it('reads each past day once', async ({ server }) => {
    const token = await server.token(['points:read']);
    const statements = watchStatements();
    const cost = async (first: number) => {
      statements.clear();
      const { data } = await server.send(token, PointsByDayDocument, { first });
      expect(data.pointsByDay).toHaveLength(first);
      return statements.count();
    };
    const [atFirst, again, fewer] = [await cost(100), await cost(100), await cost(3)];
    expect(atFirst).toBeGreaterThan(again);
    expect(again - fewer).toBeLessThanOrEqual(1); // yesterday, within a minute of midnight
  });
});
