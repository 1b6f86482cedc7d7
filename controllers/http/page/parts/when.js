/** Times as the desk tells them (2026-11-30T18:19:41, by its clock), for people. */

/** Without the day where it is `today`, which is the day of another such time. @param {string} told @param {string} today */
export const clock = (told, today) => (told.slice(0, 10) === today.slice(0, 10) ? told.slice(11, 19) : day(told));

/** Day and minute. @param {string} told */
export const day = (told) => told.slice(0, 16).replace('T', ' ');
