// The page's styles: faults, and what the oldest browsers do not have.
const {createRequire} = require('node:module');
const installed = createRequire(`${__dirname}/../../.node/package.json`);

module.exports = {
  plugins: [installed.resolve('stylelint-no-unsupported-browser-features')],
  reportInvalidScopeDisables: true,
  reportNeedlessDisables: true,
  rules: {
    'plugin/no-unsupported-browser-features': [
      true,
      {
        browsers: require('./browsers.cjs'),
        severity: 'error',
        ignorePartialSupport: true,
        // Without the first a page bounces and does nothing worse; the second is missed where there is no touch screen (Safari on a Mac),
        // the third where there is no mouse.
        ignore: ['css-overscroll-behavior', 'css-touch-action', 'css3-cursors-grab'],
      },
    ],
    'block-no-empty': true,
    'color-no-invalid-hex': true,
    'declaration-block-no-duplicate-properties': [true, {ignore: ['consecutive-duplicates-with-different-values']}],
    'font-family-no-duplicate-names': true,
    'function-calc-no-unspaced-operator': true,
    'keyframe-declaration-no-important': true,
    'media-feature-name-no-unknown': true,
    'no-duplicate-at-import-rules': true,
    'no-duplicate-selectors': true,
    'no-invalid-double-slash-comments': true,
    'property-no-unknown': true,
    'selector-pseudo-class-no-unknown': true,
    'selector-pseudo-element-no-unknown': true,
    'unit-no-unknown': true,
    'max-nesting-depth': 0,
  },
};
