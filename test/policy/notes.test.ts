import { describe, expect, it } from 'vitest';
import { Notes } from '../../src/policy/notes.js';

describe('A note', () => {
  it('is about one object, and leaves how that one looks as it was', () => {
    const notes = new Notes<string>();
    const [context, other] = [{ user: 'ada' }, { user: 'ada' }];
    notes.set(context, 'judged');
    expect(notes.get(context)).toBe('judged');
    expect(notes.get(other)).toBeUndefined();
    expect(Object.keys(context)).toEqual(['user']);
    expect(JSON.stringify(context)).toBe('{"user":"ada"}');
  });

  it('is not about a copy of that object, nor about what inherits from it', () => {
    const notes = new Notes<string>();
    const context = { user: 'ada' };
    notes.set(context, 'judged');
    expect(notes.get({ ...context })).toBeUndefined();
    expect(notes.get(Object.create(context) as object)).toBeUndefined();
  });

  it('may be about an object that takes no more properties', () => {
    const notes = new Notes<string>();
    const frozen = Object.freeze({ user: 'ada' });
    notes.set(frozen, 'judged');
    expect(notes.get(frozen)).toBe('judged');

    const later = { user: 'bob' };
    notes.set(later, 'judged');
    Object.freeze(later);
    expect(notes.get(later)).toBe('judged');
    notes.set(later, 'judged anew');
    expect(notes.get(later)).toBe('judged anew');
  });

  it('is told apart from those of another collection', () => {
    const [notes, others] = [new Notes<string>(), new Notes<string>()];
    const context = {};
    notes.set(context, 'judged');
    expect(others.get(context)).toBeUndefined();
  });
});
