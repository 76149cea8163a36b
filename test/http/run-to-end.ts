import type { DocumentNode } from 'graphql';
import type { Received, TestSocket } from '../support/socket.js';

/** Runs an operation to its end. Skips the messages that come before. */
export async function runToEnd(socket: TestSocket, id: string, operation: DocumentNode | string): Promise<void> {
  socket.subscribe(id, operation);
  for (let message: Received | undefined; message?.id !== id || message.type !== 'complete'; ) {
    message = await socket.next();
    if (message === undefined) throw new Error('The connection ended.');
  }
}
