// Pages that ask (data-dialog on the link to one) open above the page instead of in its place.
const dialog = document.getElementById("dialog");

async function ask(link) {
  const answer = await fetch(link.href, { headers: { "X-Dialog": "1" } });
  if (!answer.ok || answer.redirected) return location.assign(link.href);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const body = page.querySelector("[data-dialog-body]");
  if (!body) return location.assign(link.href);
  const heading = body.querySelector("h1, h2");
  if (heading) heading.id = "dialog-title";
  dialog.replaceChildren(document.importNode(body, true));
  window.htmx?.process(dialog);
  dialog.showModal();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-dialog]");
  const plain = !event.defaultPrevented && event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey;
  if (link && dialog && plain) {
    event.preventDefault();
    ask(link).catch(() => location.assign(link.href));
  }
  // "Keep it" is a link back; in a dialog it closes.
  if (event.target.closest("dialog [data-close]")) {
    event.preventDefault();
    event.target.closest("dialog").close();
  }
  if (event.target.matches("dialog[open]") && isOutside(event)) event.target.close();
  const opener = event.target.closest("[data-open]");
  if (opener) document.getElementById(opener.dataset.open)?.showModal();
});

function isOutside(event) {
  const box = event.target.getBoundingClientRect();
  const { clientX: x, clientY: y } = event;
  return (x || y) && (x < box.left || x > box.right || y < box.top || y > box.bottom);
}

// Chromium gives the focus back to a field with the cursor at its start: what is typed next would go in front.
const cursors = new WeakMap();
const isWithin = (element) => element?.closest("dialog");

document.addEventListener("focusout", ({ target, relatedTarget }) => {
  if (!isWithin(relatedTarget) || isWithin(target) || target.selectionStart == null) return;
  cursors.set(target, [target.selectionStart, target.selectionEnd, target.selectionDirection]);
});
document.addEventListener("focusin", ({ target, relatedTarget }) => {
  if (isWithin(relatedTarget) && cursors.has(target)) target.setSelectionRange(...cursors.get(target));
});
