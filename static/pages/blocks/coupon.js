// How many codes are left now; the page itself only knows how many there are in all.
for (const box of document.querySelectorAll("[data-stock]")) {
  const says = box.dataset, [bar, line] = box.children;
  // Intl would first read its tables: 50 ms on a laptop, and nothing else happens on a cheap phone meanwhile.
  const shown = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, says.group);
  fetch(says.stock).then((answer) => answer.json()).then(({ limit, left, ended }) => {
    const words = ended ? says.ended : left ? says.left : says.gone;
    line.textContent = words.replace("{left}", shown(left)).replace("{limit}", shown(limit));
    bar.value = ended ? 0 : left;
  }).catch(() => {});
}
