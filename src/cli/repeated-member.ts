/** The tokens of JSON that matter here: texts with the colon behind the name of a member, and brackets. */
const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|[{[]|[}\]]/g;

/**
 * The name of a member that a JSON object, or one within its member `metadata`, has twice, which parsers read differently
 * (RFC 8259, section 4).
 */
export function findRepeatedMember(json: string): string | undefined {
  /** The names of the members of each open object, or list, so far. */
  const open: Set<string>[] = [];
  let outermost = '';
  for (const [token, text, colon] of json.matchAll(TOKEN)) {
    if (token === '{' || token === '[') open.push(new Set());
    else if (text === undefined) open.pop();
    else if (colon !== undefined) {
      const name: string = JSON.parse(text);
      if (open.length === 1) outermost = name;
      if (open.length > 1 && outermost !== 'metadata') continue;
      const names = open.at(-1);
      if (names?.has(name)) return name;
      names?.add(name);
    }
  }
  return undefined;
}
