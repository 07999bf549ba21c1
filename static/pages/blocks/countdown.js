// Counts down by the server's clock: the page may be old and the phone's own clock wrong.
const SECOND = 1000, UNITS = { days: 86400, hours: 3600, minutes: 60, seconds: 1 };
let ahead, measured;

// The server tells whole seconds, so its time is half a second later on average.
async function measure() {
  const answer = await fetch("/healthz", { method: "HEAD", cache: "no-store" });
  ahead = Date.parse(answer.headers.get("Date")) + SECOND / 2 - performance.now();
}

function show(box) {
  let left = Math.max(0, Math.ceil((Date.parse(box.dataset.ends) - ahead - performance.now()) / SECOND));
  const over = !left;
  for (const [unit, length] of Object.entries(UNITS)) {
    box.querySelector(`[data-unit=${unit}]`).textContent = String(Math.floor(left / length)).padStart(2, "0");
    left %= length;
  }
  box.querySelector("[data-running]").hidden = over;
  box.querySelector("[data-over]").hidden = !over;
  if (!over) setTimeout(show, SECOND - ((ahead + performance.now()) % SECOND), box);
}

const boxes = document.querySelectorAll("[data-ends]");
const start = () => (measured ??= measure().catch(() => { measured = undefined; }));
if (boxes.length) {
  await start();
  if (ahead) boxes.forEach(show);
  // A phone that slept has a clock that stood still.
  document.addEventListener("visibilitychange", () => { if (!document.hidden && ahead) measure().catch(() => {}); });
}
