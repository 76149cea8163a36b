import type { Received, TestSocket } from '../support/socket.js';

/** Has an operation runToEnd; what came before is passed over. */
export async function runToEnd(socket: TestSocket, id: string, query: string): Promise<void> {
  socket.subscribe(id, query);
  for (let message: Received | undefined; message?.id !== id || message.type !== 'complete'; ) {
    message = await socket.next();
    if (message === undefined) throw new Error('The connection ended.');
  }
}
