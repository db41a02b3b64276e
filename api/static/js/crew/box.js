/** What the phone keeps in IndexedDB: acts until the server's orders show them, in their order, and what was last seen. */

const NAME = "waterhub-crew";

/**
 * @typedef {object} Act
 * @property {number} [n] its place in the queue
 * @property {string} id the phone's own; the server deals with each once
 * @property {string} user who did it: sent under that person's session only
 * @property {string} order
 * @property {"step"|"valve"|"undo"|"part"|"note"|"photo"} what
 * @property {string} at when, by the phone's clock
 * @property {any} body what is sent, without times
 * @property {ArrayBuffer} [content] of a photo
 * @property {string} [type] its media type
 * @property {number} [taken] when the server had it, ms by the phone's clock
 * @property {{reason: string, why: string, kept: boolean}} [refused]
 */

/** @type {Promise<IDBDatabase>|null} */
let opened = null;

function open() {
  opened ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("queue", { keyPath: "n", autoIncrement: true });
      asked.result.createObjectStore("seen");
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  return opened;
}

/**
 * One transaction; resolved once it is on the disk.
 * @template T
 * @param {"queue"|"seen"} name @param {IDBTransactionMode} mode @param {(store: IDBObjectStore) => IDBRequest<T>} act
 * @returns {Promise<T>}
 */
async function run(name, mode, act) {
  const db = await open();
  return new Promise((resolve, reject) => {
    const tx = db.transaction(name, mode, { durability: "strict" });
    const asked = act(tx.objectStore(name));
    tx.oncomplete = () => resolve(asked.result);
    tx.onabort = () => reject(tx.error);
    tx.onerror = () => reject(tx.error);
  });
}

/** @param {Act} act */
export const add = (act) => run("queue", "readwrite", (store) => store.add(act));

/** @returns {Promise<Act[]>} the oldest first */
export const all = () => run("queue", "readonly", (store) => store.getAll());

/** @param {Act} act */
export const change = (act) => run("queue", "readwrite", (store) => store.put(act));

/** @param {number} n */
export const done = (n) => run("queue", "readwrite", (store) => store.delete(n));

/** @param {string} key @param {any} value */
export const remember = (key, value) => run("seen", "readwrite", (store) => store.put(value, key));

/** @param {string} key @returns {Promise<any>} */
export const recall = (key) => run("seen", "readonly", (store) => store.get(key));

/** What was seen; never what waits to be sent. */
export const forget = () => run("seen", "readwrite", (store) => store.clear());
