import type { Credential } from '../../../src/auth/actor.js';
import type { Role } from '../../../src/auth/principal.js';

/** The tokens and sessions of the database, all alive at first. */
export interface StubCredentials {
  isAlive(credential: Credential): boolean;
  /** How often the credential ended or became good again. */
  changesOf(credential: Credential): number;
  /** Ends a token or a session for good. */
  end(id: string): void;
  /** Gives the user of a session another role. */
  setRole(sessionId: string, role: Role): void;
}

export function createStubCredentials(): StubCredentials {
  const ended = new Set<string>();
  const roles = new Map<string, Role>();
  const changes = new Map<string, number>();
  const count = (id: string) => changes.set(id, (changes.get(id) ?? 0) + 1);
  return {
    isAlive: (credential) => {
      if (credential.kind === 'NONE') return true;
      if (credential.kind === 'APP') return !ended.has(credential.tokenId);
      return !ended.has(credential.sessionId) && (roles.get(credential.sessionId) ?? 'ADMIN') === credential.role;
    },
    changesOf: (credential) => (credential.kind === 'NONE' ? 0 : (changes.get(idOf(credential)) ?? 0)),
    end: (id) => {
      ended.add(id);
      count(id);
    },
    setRole: (sessionId, role) => {
      roles.set(sessionId, role);
      count(sessionId);
    },
  };
}

function idOf(credential: Exclude<Credential, { kind: 'NONE' }>): string {
  return credential.kind === 'APP' ? credential.tokenId : credential.sessionId;
}
