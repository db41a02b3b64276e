/** The glossary in the page's language. A missing key shows itself instead of an empty place. */
import { page } from "./page.js";

export const lang = page.lang;

/**
 * A word or sentence; `{name}` places are filled from `values`.
 * @param {string} key
 * @param {Record<string, string|number>} [values]
 */
export function t(key, values = {}) {
  const sentence = page.words[key] ?? `⟨${key}⟩`;
  return sentence.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}

const [COMMA, SEMICOLON] = lang === "zh" ? ["、", "；"] : [", ", "; "];

/** One after the other in one line. @param {Iterable<string>} parts */
export const listed = (parts) => [...parts].join(COMMA);

/** Clauses, each of which may have commas. @param {Iterable<string>} parts */
export const clauses = (parts) => [...parts].join(SEMICOLON);

/** True when the glossary has the key. @param {string} key */
export const known = (key) => key in page.words;

/**
 * A name the hub holds in both languages.
 * @param {{zh: string, en: string}|string|null|undefined} name
 */
export const local = (name) => (typeof name === "string" ? name : (name?.[lang] ?? ""));
