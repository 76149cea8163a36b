import { once } from 'node:events';
import { WebSocket } from 'ws';

/** A Node process that was started with `--inspect`, as Chrome's protocol reaches it. */
export interface Inspector {
  call<Result>(method: string, parameters?: object): Promise<Result>;
  close(): void;
}

export async function openInspector(port: number): Promise<Inspector> {
  const targets = (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as {
    webSocketDebuggerUrl: string;
  }[];
  const socket = new WebSocket(targets[0]?.webSocketDebuggerUrl ?? '');
  await once(socket, 'open');
  const waiting = new Map<number, (result: unknown) => void>();
  socket.on('message', (data) => {
    const { id, result } = JSON.parse(data.toString()) as { id?: number; result: unknown };
    if (id !== undefined) waiting.get(id)?.(result);
  });
  let count = 0;
  return {
    call: <Result>(method: string, params: object = {}) =>
      new Promise<Result>((resolve) => {
        const id = ++count;
        // The protocol defines the result of each method; the caller names the type.
        waiting.set(id, (result) => resolve(result as Result));
        socket.send(JSON.stringify({ id, method, params }));
      }),
    close: () => socket.close(),
  };
}
