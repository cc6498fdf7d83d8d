// Short messages. They go after a while, but not while somebody reads or reaches for them; of many the latest stay.
const LIFE = 10_000;
const MOST = 2;
const region = document.getElementById("toasts");

/** Show a message made of text alone. */
export function toast(text, level = "") {
  const piece = document.getElementById("toast").content.cloneNode(true).firstElementChild;
  piece.querySelector(".toast-text").textContent = text;
  if (level) piece.classList.add(`toast-${level}`);
  region.append(piece);
  return piece;
}

const isHeld = (piece) => piece.matches(":hover, :focus-within");

function live(piece) {
  // Several can come at once: each makes room among those before it.
  const all = [...region.querySelectorAll("[data-toast]")];
  const earlier = all.slice(0, all.indexOf(piece)).filter((other) => !isHeld(other));
  for (const other of earlier.slice(0, Math.max(0, all.length - MOST))) other.remove();
  let timer = setTimeout(end, LIFE);
  function end() {
    if (isHeld(piece)) timer = setTimeout(end, LIFE / 2);
    else piece.remove();
  }
  piece.addEventListener("click", (event) => {
    if (!event.target.closest("[data-dismiss]")) return;
    clearTimeout(timer);
    piece.remove();
  });
}

if (region) {
  region.querySelectorAll("[data-toast]").forEach(live);
  new MutationObserver((changes) => {
    for (const change of changes) for (const node of change.addedNodes) if (node.matches?.("[data-toast]")) live(node);
  }).observe(region, { childList: true });
  // An answer to htmx can bring one: HX-Trigger: {"toast": {"text": "…"}}
  document.body.addEventListener("toast", (event) => toast(event.detail.text ?? event.detail.value, event.detail.level));
}
