// What the page uses of lit-html, for the type check.
export interface TemplateResult {
  strings: TemplateStringsArray;
  values: unknown[];
}
export const html: (strings: TemplateStringsArray, ...values: unknown[]) => TemplateResult;
export const svg: (strings: TemplateStringsArray, ...values: unknown[]) => TemplateResult;
export const nothing: symbol;
export const noChange: symbol;
export const render: (value: unknown, container: HTMLElement | DocumentFragment) => void;
