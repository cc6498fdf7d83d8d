// The find box of the list of keys: it hides rows that do not match. What is typed, or pasted, never leaves the page.
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
