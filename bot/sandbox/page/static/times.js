// Moments in words: counting down live, or written out as Discord does.

const relative = new Intl.RelativeTimeFormat("en", { numeric: "always" });
const STEPS = [
  ["second", 60],
  ["minute", 60],
  ["hour", 24],
  ["day", 30],
  ["month", 12],
  ["year", Infinity],
];
const STYLES = {
  t: { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  T: { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" },
  d: { day: "2-digit", month: "2-digit", year: "numeric" },
  D: { day: "numeric", month: "long", year: "numeric" },
  f: { day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  F: { weekday: "long", day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
};
const formats = new Map();

export function inWords(moment, now = Date.now()) {
  let amount = (moment - now) / 1000;
  if (Math.abs(amount) < 1) return "now";
  for (const [unit, size] of STEPS) {
    const rounded = Math.round(amount);
    if (Math.abs(rounded) < size) return relative.format(rounded, unit);
    amount /= size;
  }
  return "";
}

export function written(moment, style = "f") {
  const known = style in STYLES ? style : "f";
  if (!formats.has(known)) formats.set(known, new Intl.DateTimeFormat("en-GB", STYLES[known]));
  return formats.get(known).format(moment);
}

export function clock(moment) {
  return written(moment, "t");
}

/** "Today at 12:04", "Yesterday at 12:04", or the date. */
export function spoken(moment, now = new Date()) {
  const days = dayNumber(now) - dayNumber(new Date(moment));
  if (days === 0) return `Today at ${clock(moment)}`;
  if (days === 1) return `Yesterday at ${clock(moment)}`;
  return `${written(moment, "d")} ${clock(moment)}`;
}

export function day(moment) {
  return written(moment, "D");
}

function dayNumber(date) {
  return Math.floor((date.getTime() - date.getTimezoneOffset() * 60_000) / 86_400_000);
}

/** Keeps every `<time data-relative>` on the page true, once a second. */
export function keepTime(root = document) {
  tick(root);
  setInterval(() => tick(root), 1000);
}

export function tick(root = document) {
  for (const element of root.querySelectorAll("time[data-relative]")) {
    const text = inWords(Number(element.dataset.relative));
    if (element.textContent !== text) element.textContent = text;
  }
}
