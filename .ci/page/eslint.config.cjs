// The page's scripts: faults, and what the oldest browsers do not have.  What values have in them, tsc knows (lib ES2022).
const {createRequire} = require('node:module');
const installed = createRequire(`${__dirname}/../../.node/package.json`);
const compat = installed('eslint-plugin-compat');
const js = createRequire(installed.resolve('eslint'))('@eslint/js');
const globals = createRequire(installed.resolve('eslint-plugin-compat'))('globals');

module.exports = [
  {
    files: ['**/*.js'],
    linterOptions: {reportUnusedDisableDirectives: 'error'},
    languageOptions: {ecmaVersion: 2022, sourceType: 'module', globals: globals.browser},
    plugins: {compat},
    settings: {lintAllEsApis: true, targets: require('./browsers.cjs')},
    rules: {
      ...js.configs.recommended.rules,
      'compat/compat': 'error',
      eqeqeq: 'error',
      'no-control-regex': 'off', // texts of the desk end with a zero
      'no-eval': 'error',
      'no-new-func': 'error',
      'no-implied-eval': 'error',
      'no-unused-vars': ['error', {argsIgnorePattern: '^_'}],
      'no-var': 'error',
      'prefer-const': ['error', {destructuring: 'all'}],
      'no-restricted-syntax': [
        'error',
        {selector: 'StaticBlock', message: 'Safari has these from 16.4 on'},
        {selector: 'Program > ExpressionStatement > AwaitExpression', message: 'Safari waits for such a module twice'},
        {selector: 'Program > VariableDeclaration > VariableDeclarator > AwaitExpression', message: 'Safari waits for such a module twice'},
        {selector: 'Literal[regex.pattern=/\\(\\?<[=!]/]', message: 'Safari looks behind from 16.4 on'},
        {selector: 'ImportDeclaration[source.value=/^[^.]/]', message: 'no import maps before Safari 16.4: give the file'},
      ],
    },
  },
];
