/** Forms that were begun and left: nothing that was put into one is lost. The oldest goes, where there are too many. */
import { page } from "./page.js";

const MOST = 8;
const NAME = "begun";

/** @template T */
export class Kept {
  /** @param {() => Map<string, T>} all @param {(all: Map<string, T>) => void} [save] */
  constructor(all, save = () => {}) {
    this.all = all;
    this.save = save;
  }

  /** @param {string} of for what it was begun @returns {T|null} */
  of(of) {
    return this.all().get(of) ?? null;
  }

  /** @param {string} of @param {T} one */
  keep(of, one) {
    const all = this.all();
    all.delete(of);
    all.set(of, one);
    if (all.size > MOST) all.delete([...all.keys()][0]);
    this.save(all);
  }

  /** @param {string} of */
  drop(of) {
    const all = this.all();
    if (all.delete(of)) this.save(all);
  }
}

/** Until the page goes: what may not be written down. @template T @returns {Kept<T>} */
export function inPage() {
  const all = new Map();
  return new Kept(() => all);
}

/** @returns {{user: string, all: [string, any][]}|null} */
const stored = () => JSON.parse(localStorage.getItem(NAME) ?? "null");

/** On this browser, of whoever is signed in, until they sign out. @template T @returns {Kept<T>} */
export const onBrowser = () => new Kept(
  () => new Map(stored()?.user === page.me?.id ? stored()?.all : []),
  (all) => localStorage.setItem(NAME, JSON.stringify({ user: page.me?.id, all: [...all] })),
);

/** Nothing of it is left: on signing out, and where somebody else has signed in. */
export const forget = () => localStorage.removeItem(NAME);

/** Whose session is over may sign in again, and goes on. */
export function forgetOthers() {
  if (page.me && stored()?.user !== page.me.id) forget();
}
