// Keeps "3 min ago" true while a page stands open. The exact time is in the title, written by the server.
import { say } from "./words.js";

const MINUTE = 60, HOUR = 3600, DAY = 86400, DATE_AFTER = 60 * DAY;

function relative(seconds) {
  const past = seconds >= 0;
  const size = Math.abs(seconds);
  const days = Math.floor(size / DAY);
  if (size < MINUTE) return say(past ? "secondsAgo" : "inSeconds", Math.max(Math.floor(size), 1));
  if (size < HOUR) return say(past ? "minutesAgo" : "inMinutes", Math.floor(size / MINUTE));
  if (size < DAY) return say(past ? "hoursAgo" : "inHours", Math.floor(size / HOUR));
  return say(past ? (days === 1 ? "dayAgo" : "daysAgo") : days === 1 ? "inDay" : "inDays", days);
}

function refresh() {
  if (document.hidden) return;
  for (const time of document.querySelectorAll("time.when")) {
    const seconds = (Date.now() - Date.parse(time.dateTime)) / 1000;
    if (Math.abs(seconds) >= DATE_AFTER) continue;
    const text = relative(seconds);
    if (text && text !== time.textContent) time.textContent = text;
  }
}

// What is about to happen is counted down; data-due says what is so afterwards.
function count() {
  if (document.hidden) return;
  for (const about of document.querySelectorAll("[data-due]")) {
    const time = about.querySelector("time");
    const seconds = (Date.now() - Date.parse(time?.dateTime)) / 1000;
    if (seconds >= 0) {
      about.textContent = about.dataset.due;
      about.removeAttribute("data-due");
    } else if (seconds > -MINUTE) time.textContent = relative(seconds);
  }
}

setInterval(refresh, 10_000);
setInterval(count, 1_000);
document.addEventListener("visibilitychange", refresh);
