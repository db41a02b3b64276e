/**
 * Where the keyboard stands after a person's own act: on the next row when the act took theirs away, on the row
 * that it made. What others do never moves a selection: the next key would be for an alarm nobody chose.
 */

/** An act's change has come by then, or it was another's. */
const OWN_MS = 5_000;
let acted = { id: "", at: -Infinity };
let made = "";

/** @param {string} key of a command: its name and its record's id */
export function actedOn(key) {
  acted = { id: key.slice(key.indexOf(":") + 1), at: performance.now() };
}

/** @param {string} id of a record whose row is to have the keyboard once it is there */
export function hasMade(id) {
  made = id;
}

/** The row to go to instead of the chosen one, "" to stay. @param {import("./table.js").Table<any>} table */
export function followed(table) {
  const { selected } = table;
  if (selected && selected === made && table.has(selected)) {
    made = "";
    table.focusSelected();
  }
  if (table.gap < 0 || acted.id !== selected || performance.now() - acted.at > OWN_MS) return "";
  acted = { id: "", at: -Infinity };
  return table.neighbour(1);
}
