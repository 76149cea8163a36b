import type { ASTNode } from 'graphql';

/** Stops compilation with all problems in one message. Without any it does nothing. */
export function throwProblems(problems: readonly string[]): void {
  if (problems.length > 0) {
    throw new Error(`The policy does not compile:\n${problems.map((text) => `- ${text}`).join('\n')}`);
  }
}

/** `schema/users.graphql:12 `, or nothing where the syntax tree has no positions. */
export function sourceLine(node: ASTNode | null | undefined): string {
  return node?.loc ? `${node.loc.source.name}:${node.loc.startToken.line} ` : '';
}

export function messageOfError(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
