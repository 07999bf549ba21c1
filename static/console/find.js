// "/" puts the cursor into the search box, unless somebody is typing.
addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest?.("input, textarea, select, [contenteditable]")) return;
  const boxes = [...document.querySelectorAll("[data-find]"), ...document.querySelectorAll("[data-open-palette]")];
  const box = boxes.find((one) => one.checkVisibility());
  if (!box) return;
  event.preventDefault();
  if ("openPalette" in box.dataset) return box.click();
  box.focus();
  box.select();
});
