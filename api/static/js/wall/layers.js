/** How far each zone is from a works, by the pipes that join them: works, mains, zones, and what hangs on those. */

/** @typedef {{zone: any, from: any[]}} Block from: what of the layer before it is joined to */

/** Works first; without one whatever has a reservoir. @param {{names: any[], nodes: Map<string, any>}} net @returns {any[]} */
function sources({ names, nodes }) {
  const works = names.filter((zone) => zone.kind === "plant");
  if (works.length) return works;
  const wet = new Set([...nodes.values()].filter((node) => node.kind === "reservoir").map((node) => node.zone));
  return names.filter((zone) => wet.has(zone.id));
}

/** By zone which others it is joined to. @param {{links: {ends: (string|null)[]}[]}} net @returns {Map<string, Set<string>>} */
function borders({ links }) {
  const joined = new Map();
  for (const { ends: [a, b] } of links) {
    if (!a || !b || a === b) continue;
    for (const [one, other] of [[a, b], [b, a]]) joined.set(one, (joined.get(one) ?? new Set()).add(other));
  }
  return joined;
}

/** What no source reaches comes last, by itself. @param {any} net names, nodes, and links with the zones of their ends
 * @returns {Block[][]} */
export function layersOf(net) {
  const joined = borders(net);
  const seen = new Set();
  const layers = [];
  let next = sources(net).map((zone) => ({ zone, from: /** @type {any[]} */ ([]) }));
  while (next.length) {
    layers.push(next);
    for (const { zone } of next) seen.add(zone.id);
    const last = next;
    next = net.names.filter((/** @type {any} */ zone) => !seen.has(zone.id)).map((/** @type {any} */ zone) => ({
      zone, from: last.map((block) => block.zone).filter(({ id }) => joined.get(zone.id)?.has(id)),
    })).filter((/** @type {Block} */ { from }) => from.length);
  }
  const apart = net.names.filter((/** @type {any} */ zone) => !seen.has(zone.id)).map((/** @type {any} */ zone) => ({ zone, from: [] }));
  return apart.length ? [...layers, apart] : layers;
}
