// What was done is said at the corner for ten seconds; it waits while somebody looks at it. Errors stay where they are.
const SHOWN_MS = 10000;
for (const note of document.querySelectorAll(".notices > .success")) {
  note.classList.add("floating");
  let timer;
  const go = () => { timer = setTimeout(() => note.remove(), SHOWN_MS); };
  for (const kind of ["mouseenter", "focusin"]) note.addEventListener(kind, () => clearTimeout(timer));
  for (const kind of ["mouseleave", "focusout"]) note.addEventListener(kind, go);
  go();
}
