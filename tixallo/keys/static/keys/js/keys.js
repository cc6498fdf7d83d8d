// The list of keys: what is new waits behind a link, as rows stay where they are while the list is open. The find box
// hides rows that do not match. What is typed, or pasted, never leaves the page.
const box = document.getElementById("find-key");
const list = document.getElementById("rows");
const none = document.getElementById("no-key");
// A whole key finds its row by the public id in it.
const KEY = /^tix[a-z]+_([0-9A-Za-z]{12})_/;

function find() {
  const typed = box.value.trim();
  const id = KEY.exec(typed)?.[1];
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  let found = false;
  for (const row of list.rows) {
    const text = row.dataset.find;
    const matches = id ? text.includes(id) : words.every((word) => text.toLowerCase().includes(word));
    if (row.hidden === matches) row.hidden = !matches;
    found ||= matches;
  }
  none.hidden = found;
}

box?.addEventListener("input", find);
// Rows that a poll has brought are looked at too.
if (box && list) new MutationObserver(find).observe(list, { childList: true });

const arrived = new Set();
let seen = document.getElementById("key-fresh");

function take() {
  const fresh = document.getElementById("key-fresh");
  const news = document.getElementById("key-news");
  if (!fresh || !news || fresh === seen) return;
  seen = fresh;
  // Where there is more to load, an older key than the last one here stands behind it; ids run in the order of time.
  const last = document.querySelector(".more") ? [...document.querySelectorAll("tr[id^='key-']")].at(-1)?.id.slice(4) : "";
  for (const id of fresh.dataset.fits.split(" ").filter(Boolean)) {
    if (id > (last ?? "") && !document.getElementById(`key-${id}`)) arrived.add(id);
  }
  for (const id of fresh.dataset.leaves.split(" ").filter(Boolean)) arrived.delete(id);
  const said = arrived.size === 1 ? news.dataset.one : news.dataset.other;
  news.firstElementChild.textContent = said.replace("%s", arrived.size);
  news.hidden = !arrived.size;
}

if (seen) new MutationObserver(take).observe(seen.parentElement, { childList: true });
