/** The page in place of one that this role may not see: its menu, with the way out. */
import { installMenu } from "../core/menu.js";

installMenu();
document.body.dataset.ready = "true";
