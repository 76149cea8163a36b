import { kindOf, NONE, type Permissions } from '../compile/permissions.js';
import type { Requirement, Requirements } from '../compile/requirement.js';
import { quoteScopes } from './quote-list.js';

/** What sentences about requirements need: the names of scopes, and their wire form. */
export interface SentenceFormat {
  readonly requirements: Requirements;
  readonly scopeLabel: (name: string) => string;
}

/** A requirement as a sentence: "Requires `points:read`, unless the caller is the owner."; undefined where there is none. */
export function sentenceOf(requirement: Requirement, { requirements, scopeLabel }: SentenceFormat): string | undefined {
  const { needs, ownerRules } = requirement;
  const phrase = (permissions: Permissions) => {
    const kind = kindOf(permissions);
    const credential = kind === undefined ? '' : kind === 'APP' ? 'an app token' : 'a session';
    return [
      credential,
      quoteScopes(requirements.scopesIn(permissions), requirements.anyScopesIn(permissions), scopeLabel),
    ]
      .filter(Boolean)
      .join(' with ');
  };
  const forOthers = ownerRules.map((rule) => `${phrase(rule.needs)}, unless the caller is the owner`);
  const parts = [phrase(needs), ...forOthers].filter(Boolean);
  if (parts.length > 0) return `Requires ${parts.join('; and ')}.`;
  return needs === NONE ? undefined : 'Requires a credential.';
}

/** The same field, argument or input field, its description ending with the sentence. */
export function withSentence<Described extends { description?: string | null | undefined }>(
  config: Described,
  sentence: string | undefined,
): Described {
  if (sentence === undefined) return config;
  return { ...config, description: config.description ? `${config.description.trimEnd()} ${sentence}` : sentence };
}
