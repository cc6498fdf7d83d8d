// A conversation: it is read once it was seen for a second; who writes says so every few seconds; facts are saved as they
// are chosen; a saved reply goes where the cursor stands.
const SEEN = 1_000;
const REPEATED = 5_000;

const conversation = () => document.querySelector("[data-conversation]");
const proof = () => document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";

function post(address, values = {}) {
  const body = new URLSearchParams({ csrfmiddlewaretoken: proof(), ...values });
  return fetch(address, { method: "POST", body, redirect: "manual", keepalive: true }).catch(() => null);
}

// ---- Read, and present.

let read = "";
setInterval(() => {
  const place = conversation();
  if (!place || document.hidden) return;
  const last = place.querySelector(".timeline > .entry:last-of-type")?.id ?? "none";
  const state = `${place.dataset.read} ${last}`;
  if (state === read) return;
  read = state;
  setTimeout(() => !document.hidden && read === state && post(place.dataset.read), SEEN);
}, SEEN);

let written = 0;
document.addEventListener("input", (event) => {
  if (event.target.matches("#composers textarea")) written = Date.now();
});
setInterval(() => {
  const place = conversation();
  if (!place || document.hidden) return;
  const field = document.activeElement?.closest?.("#composers textarea");
  const writing = field && Date.now() - written < 4 * REPEATED;
  if (writing) post(place.dataset.present, { kind: field.id === "note-body" ? "note" : "reply" });
}, REPEATED);

// ---- Facts.

document.addEventListener("change", (event) => {
  const form = event.target.closest?.("[data-autosubmit]");
  if (form) form.requestSubmit();
});

// ---- Writing.

document.addEventListener("toggle", (event) => {
  if (event.target.matches?.(".composer-choice") && event.target.open) event.target.querySelector("textarea").focus();
}, true);

document.addEventListener("click", (event) => {
  const chosen = event.target.closest?.("[data-insert]");
  if (!chosen) return;
  const field = chosen.form?.querySelector("textarea") ?? document.getElementById("reply-body");
  chosen.closest("details.menu")?.removeAttribute("open");
  field.focus();
  field.setRangeText(chosen.dataset.insert, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
});

// ---- Where to begin: at what is new, else at the end.

const start = document.getElementById("unread") ?? document.getElementById("latest");
if (start && !location.hash) start.scrollIntoView({ block: document.getElementById("unread") ? "start" : "end" });
