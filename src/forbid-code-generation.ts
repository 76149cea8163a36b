/**
 * Takes the constructors that compile text away from the code of this process. A server serves requests without them; what
 * it compiles while it starts (Fastify's routes) is compiled by then. V8's own flag cannot be used: it holds from the first
 * line of a process on, and cannot be set later (https://github.com/delvedor/find-my-way/issues/411).
 *
 * It stops a library that makes code from text with `eval`, `Function` or the constructor of a function, whether it names
 * them or reaches them through a value, as a template engine or a query compiler does: text of a request cannot become code
 * there. It does not stop code that runs already and means harm: `node:vm`, worker threads, `import()` of a file or of a
 * `data:` URL, native modules and child processes still make code, and a reference to a constructor that was taken before
 * keeps working.
 */

/** The constructors that compile text. Only the first is a global: the others are reached by way of a function. */
const COMPILERS: readonly FunctionConstructor[] = [
  () => {},
  async () => {},
  function* () {},
  async function* () {},
].map((compiled) => Object.getPrototypeOf(compiled).constructor);

/**
 * From now on `eval`, `Function` and the constructors of async and generator functions throw EvalError, for all code of this
 * realm that has not kept a reference to them.
 *
 * @returns what allows it again, for tests that start one server after another. A server never calls it.
 */
export function forbidCodeGeneration(): () => void {
  const undo = [
    replace(globalThis, 'eval', refuse),
    ...COMPILERS.map((compiler) => {
      const { prototype } = compiler;
      // With the prototype of the one that it replaces: `instanceof Function` means what it did.
      // biome-ignore lint/complexity/useArrowFunction: `new` reaches the trap only of what can be constructed
      const refused = Object.assign(function () {}, { prototype });
      return replace(prototype, 'constructor', new Proxy(refused, { apply: refuse, construct: refuse }));
    }),
    replace(globalThis, 'Function', Function.prototype.constructor),
  ];
  return () => {
    for (const restore of undo) restore();
  };
}

function refuse(): never {
  throw new EvalError('This process makes no code from text.');
}

function replace(object: object, name: string, value: unknown): () => void {
  const before = Object.getOwnPropertyDescriptor(object, name);
  if (before === undefined) throw new Error(`There is no ${name} to be replaced.`);
  Object.defineProperty(object, name, { ...before, value });
  return () => Object.defineProperty(object, name, before);
}
