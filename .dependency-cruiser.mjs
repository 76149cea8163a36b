/**
 * The one rule of the house: imports point downwards, types included, and never in a circle. A layer holds folders and
 * files of one folder; each may import itself and the layers below, not its neighbours in the layer. A file that belongs
 * to no layer is an error.
 */

const LAYERS = [
  ['main', 'cli', 'web'],
  ['doctor'],
  ['process'],
  ['app'],
  ['http'],
  ['backup', 'graphql'],
  ['accounts', 'webhooks'],
  ['points'],
  ['posts', 'sessions', 'tokens'],
  ['audit', 'throttles', 'users'],
  ['auth', 'jobs', 'log', 'read-config', 'step-down'],
  ['database', 'env-file'],
  ['config'],
  ['settings'],
  ['setting-types'],
  ['config-values', 'database-url', 'embedded-postgres', 'setting-file'],
  ['concurrency', 'date-time', 'home', 'input', 'version'],
  ['client', 'describe-error', 'errors', 'forbid-code-generation', 'policy', 'root', 'spreadsheet-cell', 'zod'],
];

/** The phases of the policy, last one first: each imports earlier ones only. */
const POLICY = [['policy'], ['enforce'], ['explain'], ['decide'], ['plan'], ['compile']];

const WEB = [
  ['console', 'graphiql'],
  ['generated', 'shared'],
];

const CONSOLE = [
  ['main'],
  ['console'],
  ['shell'],
  ['overview', 'statement', 'users'],
  ['holds'],
  ['audit', 'points', 'tokens', 'webhooks'],
  ['account', 'lists', 'scopes'],
  ['forms'],
  ['api'],
  ['display', 'page', 'session', 'theme'],
];

/** What runs in the pages as well as in the process. It imports nothing, so that a page loads only what it needs. */
const SHARED_WITH_PAGES = '^src/(auth/scope|spreadsheet-cell)\\.ts$';

/** What imports nothing of Scrip, or only what is named: it could be a package of its own. */
const PACKAGES = { client: [], policy: [], concurrency: ['errors'], 'embedded-postgres': ['home'], home: [] };

const pathOf = (folder, names) => `^${folder}/(${names.map((name) => name.replace('.', '\\.')).join('|')})(/|\\.tsx?$)`;

/** One rule for each name: it imports none of the layers above, and no neighbour. */
function downwards(folder, layers) {
  return layers.flatMap((layer, index) =>
    layer.map((name) => ({
      name: `${folder}/${name}-imports-downwards`,
      severity: 'error',
      from: { path: pathOf(folder, [name]) },
      to: { path: pathOf(folder, layers.slice(0, index + 1).flat()), pathNot: pathOf(folder, [name]) },
    })),
  );
}

/** Fails for a file of a folder that belongs to no layer, whether it imports something or not. */
function everyFileHasALayer(folder, layers) {
  return {
    name: `every-file-of-${folder}-has-a-layer`,
    severity: 'error',
    module: { path: `^${folder}/`, pathNot: pathOf(folder, layers.flat()) },
    to: { path: '^a layer in .dependency-cruiser.mjs$' },
  };
}

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...downwards('src', LAYERS),
    ...downwards('src/policy', POLICY),
    ...downwards('src/web', WEB),
    ...downwards('src/web/console', CONSOLE),
    ...Object.entries(PACKAGES).map(([name, allowed]) => ({
      name: `src/${name}-stands-alone`,
      severity: 'error',
      from: { path: pathOf('src', [name]) },
      to: { path: '^src/', pathNot: pathOf('src', [name, ...allowed]) },
    })),
    {
      name: 'pages-import-only-what-is-shared',
      severity: 'error',
      from: { path: '^src/web/' },
      to: { path: '^src/', pathNot: ['^src/web/', SHARED_WITH_PAGES] },
    },
    {
      name: 'what-is-shared-with-pages-imports-nothing',
      severity: 'error',
      from: { path: SHARED_WITH_PAGES },
      to: {},
    },
    {
      name: 'src-imports-only-src',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(drizzle|test|tools)/' },
    },
    { name: 'no-circle', severity: 'error', from: {}, to: { circular: true } },
  ],
  required: [
    everyFileHasALayer('src', LAYERS),
    everyFileHasALayer('src/policy', POLICY),
    everyFileHasALayer('src/web', WEB),
    everyFileHasALayer('src/web/console', CONSOLE),
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    includeOnly: '^(src|drizzle|test|tools)/',
    exclude: '\\.(css|svg|d\\.ts)$',
    combinedDependencies: false,
  },
};
