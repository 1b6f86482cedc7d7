/** Which paths a scope means: patterns with spaces between, as a recall reads them; `ch/1` is all of `ch/1`. */

const SPECIAL = /[.+^$()|\\]/g;

/** One pattern as a regular expression. @param {string} pattern */
function one(pattern) {
  const path = pattern.replace(/^\/+/, (slashes) => (slashes.length > 1 ? '**/' : '')).replace(/\/+$/, '').replace(/\/\//g, '/**/');
  const text = path
    .replace(SPECIAL, '\\$&')
    .replace(/\{([^{}]*)\}/g, (_, items) => `(${items.split(',').join('|')})`)
    .replace(/\[!([^\]]*)\]/g, '[^/$1]')
    .replace(/\?/g, '[^/]')
    .replace(/\*+/g, (stars) => (stars.length > 1 ? '\uE000' : '[^/]*'))
    .replace(/\/\uE000$/, '(/.*)?')
    .replace(/\uE000\//g, '(.*/)?')
    .replace(/\uE000/g, '.*');
  return new RegExp(`^${text}(/.*)?$`);
}

/** Whether a path is within a scope. @param {string} scope "": everything is @returns {(path: string) => boolean} */
export function within(scope) {
  const patterns = scope.split(/\s+/).filter(Boolean).map(one);
  return (path) => !patterns.length || patterns.some((pattern) => pattern.test(path));
}
