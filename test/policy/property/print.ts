import { DIRECTIVES } from '../sample.js';
import { SCOPES } from './generate.js';
import { type Model, type Operation, type Rule, type Selection, type TypeRef, VARIABLES, type Value } from './model.js';

/** The model in SDL. What has no rule is @public, where that may stand. */
export function printModel({ composites, union, leafRules }: Model): string {
  const types = composites.map(({ kind, name, implements: parents, rule, fields }) => {
    const lines = fields.map(({ name, args, type, rule }) => {
      const given = args.map((argument) => `${argument.name}: ${argument.type} ${printRule(argument.rule)}`);
      return `  ${name}${given.length > 0 ? `(${given.join(', ')})` : ''}: ${printType(type)} ${printRule(rule) || '@public'}`;
    });
    const heritage = parents.length > 0 ? `implements ${parents.join(' & ')}` : '';
    return `${kind} ${name} ${heritage} ${printRule(rule) || '@public'} {\n${lines.join('\n')}\n}`;
  });
  const input = ['a: Int', 'b: Int', 'in: In', 'e: E'].map(
    (field) => `${field} ${printRule(leafRules[`In.${field.split(':')[0]}`])}`,
  );
  return [
    DIRECTIVES,
    `enum Scope { ${SCOPES.join(' ')} }`,
    `scalar X ${printRule(leafRules['X'])}`,
    `enum E ${printRule(leafRules['E'])} { ONE }`,
    `input In { ${input.join(' ')} }`,
    `union U = ${union.join(' | ')}`,
    ...types,
  ].join('\n');
}

function printRule(rule: Rule | undefined): string {
  if (!rule) return '';
  const parts = [
    rule.scopes.length > 0 && `scope: [${rule.scopes.join(', ')}]`,
    rule.anyScopes.length > 0 && `anyScope: [${rule.anyScopes.join(', ')}]`,
    rule.owner && `owner: "${rule.owner}"`,
    rule.kind && `kind: ${rule.kind}`,
  ].filter(Boolean);
  return parts.length > 0 ? `@auth(${parts.join(', ')})` : '@auth';
}

function printType({ name, wrap }: TypeRef): string {
  return [...wrap].reverse().reduce((text, wrapper) => (wrapper === '!' ? `${text}!` : `[${text}]`), name);
}

/** The operation as a document. */
export function printOperation({ kind, selections, fragments }: Operation): string {
  const variables = Object.entries(VARIABLES).map(
    ([name, variable]) =>
      `$${name}: ${variable.type}${'default' in variable ? ` = ${printJson(variable.default)}` : ''}`,
  );
  return [
    `${kind}(${variables.join(', ')}) ${printSelections(selections)}`,
    ...Object.entries(fragments).map(
      ([name, { on, selections }]) => `fragment ${name} on ${on} ${printSelections(selections)}`,
    ),
  ].join('\n');
}

function printSelections(selections: readonly Selection[]): string {
  return `{ ${selections.map(printSelection).join(' ')} }`;
}

function printSelection(selection: Selection): string {
  const conditions = selection.conditions.map(
    ({ directive, on }) => `@${directive}(if: ${typeof on === 'string' ? `$${on}` : on})`,
  );
  if (selection.kind === 'spread') return ['...', selection.name, ...conditions].join(' ');
  const below = selection.selections.length > 0 ? printSelections(selection.selections) : '';
  if (selection.kind === 'inline') {
    return ['...', selection.on ? `on ${selection.on}` : '', ...conditions, below].join(' ');
  }
  const args = Object.entries(selection.args).map(([name, value]) => `${name}: ${printValue(value)}`);
  const alias = selection.alias ? `${selection.alias}: ` : '';
  return [`${alias}${selection.name}${args.length > 0 ? `(${args.join(', ')})` : ''}`, ...conditions, below].join(' ');
}

function printValue(value: Value): string {
  if (value.kind === 'variable') return `$${value.name}`;
  if (value.kind === 'int') return String(value.value);
  return `{ ${Object.entries(value.fields)
    .map(([name, field]) => `${name}: ${printValue(field)}`)
    .join(', ')} }`;
}

function printJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  return `{ ${Object.entries(value)
    .map(([name, field]) => `${name}: ${printJson(field)}`)
    .join(', ')} }`;
}
