/** A plugin of GraphQL Code Generator: each operation as text, with its types, for a client that does without `graphql`. */
import type { CodegenPlugin } from '@graphql-codegen/plugin-helpers';
import { concatAST, Kind, print, separateOperations } from 'graphql';

export const documentTexts: CodegenPlugin = {
  plugin: (_schema, documents) => {
    const all = concatAST(documents.flatMap(({ document }) => document ?? []));
    const texts = Object.entries(separateOperations(all)).map(([name, document]) => {
      const operation = document.definitions.find((definition) => definition.kind === Kind.OPERATION_DEFINITION);
      const suffix = { query: 'Query', mutation: 'Mutation', subscription: 'Subscription' }[
        operation?.operation ?? 'query'
      ];
      const types = `${name}${suffix}, ${name}${suffix}Variables`;
      return `export const ${name}Document: TypedDocument<${types}> =\n  ${JSON.stringify(shortened(print(document)))};`;
    });
    return { prepend: ["import type { TypedDocument } from './typed-document.js';"], content: texts.join('\n') };
  },
};

/** Without the line breaks and the indentation; these operations contain no strings. */
function shortened(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
