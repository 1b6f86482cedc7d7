// What the daemon writes of the roles into roles.js (controllers/http/pages.py).
export const ranks: string[];
export const above: [need: string, pattern: string][];
export const bus: string[];
export const words: Record<string, string>;
