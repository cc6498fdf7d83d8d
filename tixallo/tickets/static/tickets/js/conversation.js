// A conversation: it is read, and one is there, once it was seen for a second; who writes says so; facts are saved as
// they are chosen; a saved reply goes where the cursor stands; more of a long one comes in its place.
import { announce } from "../../web/js/words.js";

const SEEN = 1_000;
const REPEATED = 5_000;
const WRITING = 20_000;

const conversation = () => document.querySelector("[data-conversation]");
const proof = () => document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";

function post(address, values = {}) {
  const body = new URLSearchParams({ csrfmiddlewaretoken: proof(), ...values });
  return fetch(address, { method: "POST", body, redirect: "manual", keepalive: true }).catch(() => null);
}

// ---- Read, and present.

let read = "";
let written = 0;
let told = "";
let toldAt = 0;

const timelineSeen = () => document.getElementById("timeline")?.dataset.seen ?? "";
const seenField = () => document.querySelector("#reply [name=seen]");
let onScreen = "";

// What the poll brought has been seen when it was on the screen twice in a row.
function see(place) {
  const seen = timelineSeen();
  const field = seenField();
  const entry = document.getElementById(`e-${seen}`);
  if (!field || !entry || field.value === seen) return;
  const pane = place.getBoundingClientRect();
  const shown = entry.getBoundingClientRect();
  const isShown = shown.top < Math.min(pane.bottom, innerHeight) && shown.bottom > Math.max(pane.top, 0);
  if (isShown && onScreen === seen) field.value = seen;
  onScreen = isShown ? seen : "";
}

// A browser that reloads a page puts back what the field held before.
if (seenField()) seenField().value = timelineSeen();

function look() {
  const place = conversation();
  if (!place || document.hidden || document.prerendering) return;
  see(place);
  const last = [...place.querySelectorAll(".timeline > .entry")].at(-1)?.id ?? "none";
  const state = `${place.dataset.read} ${last}`;
  if (state !== read) post(place.dataset.read);
  read = state;
  const field = document.activeElement?.closest?.("#composers textarea");
  const writing = field && Date.now() - written < WRITING;
  const kind = writing ? (field.id === "note-body" ? "note" : "reply") : "here";
  if (kind === told && Date.now() - toldAt < REPEATED) return;
  told = kind;
  toldAt = Date.now();
  post(place.dataset.present, { kind });
}

setInterval(look, SEEN);
document.addEventListener("input", (event) => {
  if (event.target.matches("#composers textarea")) written = Date.now();
});
addEventListener("pagehide", () => told && post(conversation().dataset.present, { kind: "away" }));

// ---- Facts. Arrow keys pass over what is between: what stands after a pause, or is left or confirmed, was chosen.

const CHOOSING = 700;
let choosing = 0;
const choices = () => document.getElementById("choices");

function settle() {
  if (!choosing) return;
  clearTimeout(choosing);
  choosing = 0;
  choices().dispatchEvent(new Event("settled"));
}

document.addEventListener("change", (event) => {
  if (!event.target.closest("#choices")) return;
  clearTimeout(choosing);
  choosing = setTimeout(settle, CHOOSING);
});
document.addEventListener("focusout", (event) => event.target.closest("#choices") && settle());
document.addEventListener("keydown", (event) => event.key === "Enter" && event.target.closest("#choices") && settle());
addEventListener("pagehide", () => choosing && post(choices().action, Object.fromEntries(new FormData(choices()))));

// What was saved is how it stands; the poll brings the rest of the page after it.

document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest?.("[data-facts]");
  if (!form || !event.detail.successful) return;
  for (const option of form.querySelectorAll("option")) option.defaultSelected = option.selected;
  for (const field of form.querySelectorAll("input:not([type=hidden])")) field.defaultValue = field.value;
  form.closest("details")?.removeAttribute("open");
  document.dispatchEvent(new Event("poll"));
});

// ---- Writing.

// Focus moves with the click, not after it, so that the next key is already text.
document.addEventListener("click", (event) => {
  const tab = event.target.closest?.(".composer-choice > summary");
  if (tab) {
    event.preventDefault();
    tab.parentElement.open = true;
    tab.parentElement.querySelector("textarea").focus();
  }
  const tags = event.target.closest?.("#tags-edit > summary");
  if (tags) {
    event.preventDefault();
    tags.parentElement.open = !tags.parentElement.open;
    // What others have added meanwhile stands beside it.
    const field = document.getElementById("tags");
    if (field.value === field.defaultValue) field.value = field.defaultValue = document.getElementById("tag-list").dataset.tags;
    if (tags.parentElement.open) field.focus();
  }
  const chosen = event.target.closest?.("[data-insert]");
  if (!chosen) return;
  const field = document.getElementById("reply-body");
  document.getElementById("reply").open = true;
  chosen.closest("details.menu")?.removeAttribute("open");
  field.focus();
  field.setRangeText(chosen.dataset.insert, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
});

// ---- Where to begin: at what is new, else at the end; what was never seen at its top.

function begin() {
  const place = conversation();
  if (!place || location.hash) return;
  const unread = document.getElementById("unread");
  if (place.dataset.start === "unread" && unread) {
    if (isWhole()) unread.scrollIntoView();
    else place.scrollTop = unread.offsetTop - place.offsetTop - 8;
  }
  if (place.dataset.start === "latest") {
    if (isWhole()) document.getElementById("latest")?.scrollIntoView({ block: "end" });
    else place.scrollTop = place.scrollHeight;
  }
}

// Also that of a ticket that is gone. On a phone it scrolls as a whole.
const pane = () => document.getElementById("conversation");
const scrolling = () => (isWhole() ? pane().closest("main") : pane());
const isWhole = () => pane().scrollHeight <= pane().clientHeight;

// ---- More of a long conversation: what one was reading stays where it is, and the poll asks for as much from now on.

let reading = null;

document.addEventListener("htmx:beforeSwap", (event) => {
  const link = event.detail.requestConfig?.elt;
  if (!link?.matches("[data-gap]")) return;
  let entry = link.closest(".gap").nextElementSibling;
  while (entry && !entry.matches(".entry")) entry = entry.nextElementSibling;
  reading = { id: entry?.id, top: entry?.getBoundingClientRect().top, said: link.dataset.gap };
});
document.addEventListener("htmx:afterSwap", () => {
  const timeline = document.getElementById("timeline");
  if (!reading || !timeline) return;
  const entry = reading.id && document.getElementById(reading.id);
  if (entry) scrolling().scrollTop += entry.getBoundingClientRect().top - reading.top;
  // What has the focus is not replaced by what comes; from here the next key leads to what has come.
  pane().focus({ preventScroll: true });
  announce(reading.said);
  reading = null;
  const source = document.querySelector("[data-poll]");
  const address = new URL(source.dataset.poll, location.href);
  address.searchParams.set("from", timeline.dataset.first);
  source.dataset.poll = address.pathname + address.search;
});

// ---- A link to a message that is not shown: the part that holds it is.

function land() {
  const id = location.hash.slice(1);
  const place = id && document.getElementById(id);
  for (let around = place; around; around = around.parentElement) if (around.matches("details")) around.open = true;
  if (place) return place.scrollIntoView();
  const address = new URL(location.href);
  if (!id.startsWith("e-") || address.searchParams.get("from") === id.slice(2)) return;
  address.searchParams.delete("before");
  address.searchParams.set("from", id.slice(2));
  location.replace(address);
}

function write() {
  document.getElementById(wanted)?.setAttribute("open", "");
  document.querySelector(`#${wanted} textarea`)?.focus();
}

const wanted = location.hash.slice(1);
if (wanted === "reply" || wanted === "note") {
  write();
  // Going to the place that the address names takes the focus away again.
  addEventListener("load", () => setTimeout(write));
} else if (wanted.startsWith("e-")) land();
addEventListener("hashchange", land);
begin();
