/** Everything on the map that has a name: found by it, and where it is. */
import { sounds, soundsWithin } from "../core/sounds.js";
import { local } from "../core/words.js";
import { along, placeOf } from "./network.js";

/** @typedef {{kind: string, id: string, name: string, typed: string, readings: string[][], points: {x: number, y: number}[], links: string[], zone: string|null}} Place
 * typed, readings: by which it is found. links: pipes that it is, or stands on */

const MOST = 12;

export class Places {
  /**
   * @param {import("./network.js").Drawing} net
   * @param {Iterable<any>} tags @param {any[]} valves
   * @param {{id: string, readings: string[][]}[]} streets of each character all that it may be read as
   */
  constructor(net, tags, valves, streets) {
    this.net = net;
    /** @type {Map<string, Place>} */
    this.byId = new Map();
    const spelt = new Map(streets.map((one) => [one.id, one.readings]));
    for (const zone of net.names) this.put("zone", zone.id, local(zone.name), this.ofLinks((link) => link.zone === zone.id), zone.id);
    for (const street of net.streets.values()) {
      this.put("street", street.id, local(street.name), this.ofLinks((link) => link.street === street.id), street.zone ?? null, `${street.name.zh} ${street.name.en}`, spelt.get(street.id));
    }
    for (const tag of tags) {
      const at = placeOf(net, tag);
      if (at) this.put("tag", tag.id, local(tag.name), { points: [at], links: tag.link ? [tag.link] : [] }, tag.zone);
    }
    for (const valve of valves) {
      const link = net.link.get(valve.link);
      this.put("valve", valve.id, valve.id, { points: [valve], links: link ? [link.id] : [] }, link?.zone ?? null);
    }
  }

  /** @param {(link: any) => boolean} mine */
  ofLinks(mine) {
    const found = this.net.links.filter(mine);
    return { points: found.map((link) => along(link.points)), links: found.map((link) => link.id) };
  }

  /** @param {string} kind @param {string} id @param {string} name @param {{points: {x: number, y: number}[], links: string[]}} where
   * @param {string|null} zone @param {string} [more] by which it is found too @param {string[][]} [readings] */
  put(kind, id, name, where, zone, more = "", readings = []) {
    if (where.points.length && !this.byId.has(id)) this.byId.set(id, { kind, id, name, typed: `${name} ${id} ${more}`.toLowerCase(), readings, ...where, zone });
  }

  /** Also pipes and nodes, which nobody searches for by name. @param {string} id @returns {Place|null} */
  named(id) {
    const known = this.byId.get(id);
    if (known) return known;
    const link = this.net.link.get(id);
    if (link) return { kind: "pipe", id, name: id, typed: id, readings: [], points: [along(link.points)], links: [id], zone: link.zone };
    const node = this.net.nodes.get(id);
    return node ? { kind: "node", id, name: id, typed: id, readings: [], points: [node], links: [], zone: node.zone } : null;
  }

  /** What begins with it first, the shortest name first. @param {string} typed @returns {Place[]} */
  search(typed) {
    const words = typed.trim().toLowerCase().split(/\s+/).filter(Boolean);
    if (!words.length) return [];
    const rank = (/** @type {Place} */ one) => (one.id.toLowerCase() === words[0] ? 0 : one.typed.startsWith(words[0]) || sounds(one.readings, words[0]) ? 1 : 2) * 1000 + one.name.length;
    return [...this.byId.values()].filter((one) => words.every((word) => one.typed.includes(word) || soundsWithin(one.readings, word))).sort((a, b) => rank(a) - rank(b)).slice(0, MOST);
  }
}
