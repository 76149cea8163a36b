import { Lexer, type OperationDefinitionNode, Source, type Token, TokenKind } from 'graphql';
import type { Config } from '../config.js';

/**
 * Brackets inside one another in a document, and selection sets inside one another once fragments are spread. Parser,
 * validation and policy call themselves for each level; far below what the stack holds, and far above what clients send.
 */
export const MAX_NESTING = 200;

/** Says in a sentence what makes a document too large to be parsed; undefined: nothing does. */
export function excessOfText(
  text: string,
  { documentBytes }: Pick<Config['limits'], 'documentBytes'>,
): string | undefined {
  const bytes = Buffer.byteLength(text);
  if (bytes > documentBytes)
    return `The document has ${bytes} bytes, comments and white space included; at most ${documentBytes} are allowed.`;
  return findTooDeep(new Source(text)) === undefined ? undefined : TOO_DEEP;
}

/** Counts the tokens of the document that an operation is part of, as the parser does. */
export function countTokens({ loc }: OperationDefinitionNode): number {
  let token: Token | null = loc?.startToken ?? null;
  while (token?.prev) token = token.prev;
  let count = 0;
  for (; token; token = token.next) if (!UNCOUNTED.has(token.kind)) count++;
  return count;
}

/** Reading a document of a few tokens takes as long as so many tokens of a long one. */
export const TOKENS_PER_DOCUMENT = 50;

/**
 * Counts the tokens of a text, with those of the texts in it that stand as the `documents` of a token, and so on: of each
 * `TOKENS_PER_DOCUMENT` more. Stops beyond `max`.
 */
export function countWithDocuments(text: string, max: number): number {
  const texts = [text];
  let count = 0;
  for (let next = texts.pop(); next !== undefined; next = texts.pop()) {
    const lexer = new Lexer(new Source(next));
    let isInDocuments = false;
    try {
      for (let token = lexer.advance(); token.kind !== TokenKind.EOF; token = lexer.advance()) {
        count++;
        if (token.kind === TokenKind.COLON) isInDocuments = lexer.lastToken.value === 'documents';
        else if (!STRINGS.has(token.kind)) isInDocuments &&= token.kind === TokenKind.BRACKET_L;
        else if (isInDocuments) {
          count += TOKENS_PER_DOCUMENT;
          texts.push(token.value);
        }
        if (count > max) return count;
      }
    } catch {
      // The parser stops at the same character.
    }
  }
  return count;
}

/** Says of a document in a sentence that its brackets nest too deep for the parser. */
export const TOO_DEEP = `The document has more than ${MAX_NESTING} brackets inside one another; at most ${MAX_NESTING} are allowed.`;

/**
 * Finds the first bracket that nests too deep, by its position in the text; undefined: none does. Counts brackets as the
 * parser would meet them: those in strings and comments do not count.
 */
export function findTooDeep(source: Source): number | undefined {
  if (!hasMoreBrackets(source.body, MAX_NESTING)) return undefined;
  const lexer = new Lexer(source);
  let depth = 0;
  try {
    for (let token = lexer.advance(); token.kind !== TokenKind.EOF; token = lexer.advance()) {
      if (OPENING.has(token.kind)) depth++;
      else if (CLOSING.has(token.kind)) depth--;
      if (depth > MAX_NESTING) return token.start;
    }
  } catch {
    // The parser stops at the same character and says what is wrong with it.
  }
  return undefined;
}

/** Spares nearly every document the tokens: the few opening brackets that it has cannot nest too deep. */
function hasMoreBrackets(text: string, count: number): boolean {
  let found = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if ((code === BRACE || code === BRACKET || code === PARENTHESIS) && ++found > count) return true;
  }
  return false;
}

const UNCOUNTED: ReadonlySet<TokenKind> = new Set([TokenKind.SOF, TokenKind.EOF, TokenKind.COMMENT]);
const STRINGS: ReadonlySet<TokenKind> = new Set([TokenKind.STRING, TokenKind.BLOCK_STRING]);
const BRACE = '{'.charCodeAt(0);
const BRACKET = '['.charCodeAt(0);
const PARENTHESIS = '('.charCodeAt(0);
const OPENING: ReadonlySet<TokenKind> = new Set([TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L]);
const CLOSING: ReadonlySet<TokenKind> = new Set([TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R]);
