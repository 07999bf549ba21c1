// The points of a rule stand in its line while they are typed.
document.addEventListener("input", (event) => {
  const row = event.target.closest(".rule-row");
  if (!row || event.target.name !== `${row.dataset.path}.points`) return;
  const points = Number(event.target.value) || 0;
  row.querySelector("[data-points]").textContent = (points > 0 ? "+" : points < 0 ? "−" : "") + Math.abs(points);
});
