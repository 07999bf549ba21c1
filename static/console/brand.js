// Each choice is shown at once: the page in the frame, the palette and its ratios beside the colour.
const form = document.querySelector("[data-brand]");
const frame = form?.querySelector("[data-frame]");
const told = form?.querySelector("[data-told-here]");
const hex = form?.querySelector("[data-hex]");
const colour = form?.elements.colour;
const own = form?.elements.own;
let waiting;

function choices() {
  const chosen = new URLSearchParams();
  for (const name of ["theme", "radius", "scale", "hero"]) {
    const value = form.elements[name]?.value;
    if (value) chosen.set(name, value);
  }
  if (!own.checked) chosen.set("colour", colour.value);
  return chosen;
}

async function show() {
  const query = choices();
  frame.contentWindow.location.replace(`${form.dataset.preview}?${query}`);
  const answer = await fetch(`${form.dataset.told}?${query}`);
  if (answer.ok) told.innerHTML = await answer.text();
}

if (form) {
  form.addEventListener("input", (event) => {
    if (event.target === colour) own.checked = false;
    if (own.checked) colour.value = form.querySelector("[name=theme]:checked").dataset.own;
    hex.textContent = colour.value;
    clearTimeout(waiting);
    waiting = setTimeout(show, 120);
  });
}
