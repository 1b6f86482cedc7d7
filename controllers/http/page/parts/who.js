/** Who somebody is, as the desk writes it (Anna@host), for people. */

const JOINED = /^osc:([^/]*)\/~/; // without a name

/** @param {unknown} told @param {unknown} [mine] how the desk writes this device */
export function who(told, mine) {
  const text = String(told);
  if (text && text === mine) return 'you';
  const role = JOINED.exec(text)?.[1];
  return role ? `somebody (${role})` : text.replace(/@[^@]*$/, '');
}
