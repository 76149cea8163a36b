import { list } from './denial.js';
import { APP, type Requirement, type Requirements, USER } from './requirement.js';

/** What speaks of requirements needs: their names, and how those are written. */
export interface Speech {
  readonly requirements: Requirements;
  readonly scopeLabel: (name: string) => string;
}

/** A requirement as a sentence: "Requires `points:read`, or the user themself."; undefined where nothing is required. */
export function sentenceOf({ needs, owned }: Requirement, { requirements, scopeLabel }: Speech): string | undefined {
  const phrase = (bits: bigint) => {
    const kind = (bits & APP) !== 0n ? 'an app token' : (bits & USER) !== 0n ? 'a session' : '';
    return [kind, list(requirements.names(bits).map(scopeLabel))].filter(Boolean).join(' with ');
  };
  const spared = owned.map((item) => `${phrase(item.needs)}, or the user themself`);
  const parts = [phrase(needs), ...spared].filter(Boolean);
  if (parts.length > 0) return `Requires ${parts.join('; and ')}.`;
  return needs === 0n ? undefined : 'Requires a credential.';
}

/** The same field, argument or input field, its description ending with the sentence. */
export function withSentence<Described extends { description?: string | null | undefined }>(
  config: Described,
  sentence: string | undefined,
): Described {
  if (sentence === undefined) return config;
  return { ...config, description: config.description ? `${config.description.trimEnd()} ${sentence}` : sentence };
}
