// The point to look at: clicked, dragged, or moved by the arrow keys; the two numbers stay the truth.
const field = document.querySelector("[data-focal]");
const point = field?.querySelector("[data-point]");
const [across, down] = ["focal_x", "focal_y"].map((name) => document.getElementById(name));
const now = document.querySelector("[data-now]");
const frames = document.querySelector("[data-frames]");
const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

const within = (value) => Math.min(100, Math.max(0, Math.round(value) || 0));

function show() {
  const [x, y] = [within(across.value), within(down.value)];
  point.style.left = `${x}%`;
  point.style.top = `${y}%`;
  for (const picture of frames.querySelectorAll("img")) picture.style.objectPosition = `${x}% ${y}%`;
  return [x, y];
}

function set(x, y) {
  across.value = within(x);
  down.value = within(y);
  const [left, top] = show();
  now.textContent = now.dataset.words.replace("{x}", left).replace("{y}", top);
}

function follow(event) {
  const box = field.getBoundingClientRect();
  set(((event.clientX - box.left) / box.width) * 100, ((event.clientY - box.top) / box.height) * 100);
}

if (field) {
  point.hidden = frames.hidden = false;
  show();
  field.addEventListener("pointerdown", (event) => {
    field.setPointerCapture(event.pointerId);
    follow(event);
    point.focus({ preventScroll: true });
    event.preventDefault();
  });
  field.addEventListener("pointermove", (event) => field.hasPointerCapture(event.pointerId) && follow(event));
  point.addEventListener("keydown", (event) => {
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    const far = event.shiftKey ? 10 : 1;
    set(within(across.value) + step[0] * far, within(down.value) + step[1] * far);
  });
  for (const number of [across, down]) number.addEventListener("input", show);
}
