// The page that shows a key once: what the browser keeps of the page must not hold it, and who leaves is asked first.
const field = document.querySelector("[data-once]");
const form = document.querySelector('form[data-leaving="always"]');
const dialog = document.getElementById("leaving-key");
const leave = dialog.querySelector("[data-leave]");

// A page that is kept for the back button is kept without the key.
addEventListener("pagehide", () => {
  field.value = "";
  field.setAttribute("value", "");
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  const plain = !event.defaultPrevented && event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey;
  if (!link || !plain || link.hash.length > 1 || link.target === "_blank") return;
  if (link === leave) {
    // Asked already.
    delete form.dataset.leaving;
    return;
  }
  event.preventDefault();
  leave.href = link.href;
  dialog.showModal();
});

dialog.querySelector("[data-stay]").addEventListener("click", () => dialog.close());
