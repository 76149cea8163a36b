/**
 * The one rule of the house: imports point downwards along this list, types included, and never in a circle. A layer is a
 * folder of src/ or a file in it; it may import from itself and from the layers below it.
 */
const LAYERS = [
  ['main', 'cli'],
  ['process'],
  ['app'],
  ['http'],
  ['graphql'],
  ['accounts'],
  ['points'],
  ['tokens'],
  ['sessions'],
  ['posts'],
  ['audit'],
  ['users'],
  ['throttles'],
  ['auth'],
  ['jobs'],
  ['log', 'describe-error', 'step-down', 'seal'],
  ['database'],
  ['read-config'],
  ['config', 'settings', 'config-values', 'database-url', 'env-file'],
  ['concurrency', 'embedded-postgres', 'policy', 'input', 'home'],
  ['errors', 'secret-file', 'root', 'version', 'zod'],
];
const pathOf = (names) => `^src/(${names.join('|')})(/|\\.ts$)`;

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...LAYERS.slice(1).map((layer, index) => ({
      name: `${layer[0]}-imports-downwards`,
      severity: 'error',
      from: { path: pathOf(layer) },
      to: { path: pathOf(LAYERS.slice(0, index + 1).flat()) },
    })),
    { name: 'no-circle', severity: 'error', from: {}, to: { circular: true } },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    includeOnly: '^(src|drizzle/tables)',
    exclude: '^src/web',
    combinedDependencies: false,
  },
};
