/** How a phone comes in: nothing but the menu moves. */
import { installMenu } from "../core/menu.js";

installMenu();
document.body.dataset.ready = "true";
