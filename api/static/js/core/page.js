/** What the server told this page: its name, language, words and who is looking. */

/**
 * @typedef {object} Page
 * @property {string} name
 * @property {"zh"|"en"} lang
 * @property {string} utility
 * @property {{id: string, role: string, crew: string|null, grants: Record<string, string>}|null} me
 * @property {string} hotline
 * @property {"exercise"|"simulation"|null} mode what the plant's own day is not
 * @property {{unit: string, factor: number, digits: number}} pressure how this site's people read metres of water
 * @property {string} static where this version's files are
 * @property {{id: string, name: {zh: string, en: string}}[]} crews
 * @property {Record<string, string>} words
 */

const block = document.getElementById("page");
if (!block) throw new Error("this page has no data block");

/** @type {Page} */
export const page = JSON.parse(block.textContent ?? "{}");

/** @param {string} permission */
export const may = (permission) => permission in (page.me?.grants ?? {});

/** One value of the address, or a default. @param {string} name @param {string} fallback */
export const parameter = (name, fallback = "") =>
  new URLSearchParams(location.search).get(name) ?? fallback;

/** Language and theme, which go along to another address. */
export function choices() {
  const now = new URLSearchParams(location.search);
  const kept = new URLSearchParams();
  for (const name of ["lang", "theme"]) if (now.get(name)) kept.set(name, String(now.get(name)));
  return kept;
}

/** A crew's name by its id. @param {string|null|undefined} id */
export const crewName = (id) => page.crews.find((crew) => crew.id === id)?.name[page.lang] ?? id ?? "";
