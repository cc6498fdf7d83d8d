// What every page runs. Pages work without it; it makes them quick and saves what is being written.
import "./requests.js";
import "./times.js";
import "./toasts.js";
import "./menus.js";
import "./dialogs.js";
import "./shortcuts.js";
import "./palette.js";
import "./rows.js";
import "./drafts.js";
import "./composing.js";
import "./leaving.js";
import "./copying.js";
import "./polling.js";

// Whoever is not signed in yet reads times in the browser's zone.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const [host, secure] = location.protocol === "https:" ? ["__Host-", ";secure"] : ["", ""];
if (zone) document.cookie = `${host}zone=${zone};path=/;max-age=31536000;samesite=lax${secure}`;

// A form that came back with errors is read from its summary on.
document.querySelector("[data-focus]")?.focus();
