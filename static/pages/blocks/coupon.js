// How many codes are left now; the page itself only knows how many there are in all.
for (const box of document.querySelectorAll("[data-stock]")) {
  const says = box.dataset, [bar, line] = box.children;
  const number = new Intl.NumberFormat(document.documentElement.lang);
  fetch(says.stock).then((answer) => answer.json()).then(({ limit, left, ended }) => {
    const words = ended ? says.ended : left ? says.left : says.gone;
    line.textContent = words.replace("{left}", number.format(left)).replace("{limit}", number.format(limit));
    bar.value = ended ? 0 : left;
  }).catch(() => {});
}
