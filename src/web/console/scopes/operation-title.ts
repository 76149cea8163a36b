/** The title of a document with one operation: `mutation Reward`, or `query` for one without a name. */
export function operationTitle(text: string): string {
  const definitions = outsideBraces(text.replaceAll(/"""[\s\S]*?"""|"(?:\\.|[^"\\\n])*"|#.*/g, ''));
  const [, kind = 'query', name] =
    /(?<!\bfragment\s+)\b(query|mutation|subscription)\b\s*([A-Za-z_]\w*)?/.exec(definitions) ?? [];
  return name === undefined ? kind : `${kind} ${name}`;
}

function outsideBraces(text: string): string {
  const shorter = text.replaceAll(/\{[^{}]*\}/g, ' ');
  return shorter === text ? text : outsideBraces(shorter);
}
