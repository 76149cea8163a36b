/**
 * `node --import count-hooks.mjs <server>`: counts what the process makes and sends. The counts are in
 * `globalThis.counts`, where the benchmark reads them through the inspector.
 */
import { createHook } from 'node:async_hooks';
import { Socket } from 'node:net';

const counts = {
  promises: 0,
  ticks: 0,
  timers: 0,
  immediates: 0,
  clientWrites: 0,
  clientBytes: 0,
  databaseWrites: 0,
  databaseBytes: 0,
};

/** What is counted of the types of async_hooks: https://nodejs.org/api/async_hooks.html#type */
const COUNTED = { PROMISE: 'promises', TickObject: 'ticks', Timeout: 'timers', Immediate: 'immediates' };

const hook = createHook({
  init(_id, type) {
    const name = COUNTED[type];
    if (name !== undefined) counts[name]++;
  },
});

// Every write of a socket that is connected comes through here once, whether of one chunk or of several.
const write = Socket.prototype._writeGeneric;
Socket.prototype._writeGeneric = function (isMany, data, encoding, callback) {
  const chunks = isMany ? data : [{ chunk: data, encoding }];
  const peer = this.server == null ? 'database' : 'client'; // an accepted socket knows its server
  counts[`${peer}Writes`]++;
  for (const { chunk, encoding } of chunks) counts[`${peer}Bytes`] += Buffer.byteLength(chunk, encoding);
  return write.call(this, isMany, data, encoding, callback);
};

hook.enable();
globalThis.counts = counts;
globalThis.stopCounting = () => hook.disable(); // the hook allocates too
