/**
 * Loaded into a server before its own first line. It tells of each time that the process refuses to make code of
 * text; on SIGUSR2 it tries every way to do so.
 */
const { EvalError: Refused } = globalThis;
globalThis.EvalError = class extends Refused {
  constructor(message) {
    super(message);
    process.stderr.write('PROBE refused\n');
  }
};

const WAYS = {
  // biome-ignore lint/security/noGlobalEval: it is what must fail
  eval: (text) => eval(text),
  // biome-ignore lint/security/noGlobalEval: it is what must fail
  'indirect eval': (text) => globalThis.eval(text),
  'new Function': (text) => new Function(text),
  Function: (text) => Function(text),
  'the constructor of a function': (text) => (() => {}).constructor(text),
  'the constructor of an async function': (text) => (async () => {}).constructor(text),
  'the constructor of a generator function': (text) => function* () {}.constructor(text),
  'the constructor of an async generator function': (text) => async function* () {}.constructor(text),
  'a subclass of Function': (text) => new (class extends Function {})(text),
  'Reflect.construct': (text) => Reflect.construct(Function, [text]),
  'the constructor of the refusal': (text) => {
    try {
      return Function('');
    } catch (refusal) {
      return refusal.constructor.constructor(text);
    }
  },
};

// `scrip serve` may run the server in a process of its own.
if (process.argv[1]?.endsWith('dist/main.js')) process.stdout.write(`PROBE pid ${process.pid}\n`);

process.on('SIGUSR2', () => {
  for (const [way, attempt] of Object.entries(WAYS)) {
    try {
      attempt('globalThis.hasRun = true');
      process.stderr.write(`PROBE ran: ${way}\n`);
    } catch (error) {
      process.stderr.write(`PROBE ${error instanceof Refused ? 'failed' : error.name}: ${way}\n`);
    }
  }
  process.stderr.write(`PROBE end ${globalThis.hasRun ?? false}\n`);
});
