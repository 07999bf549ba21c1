// A file is uploaded at once and chosen; a coupon shows how its codes look, and when its limit is too low.
for (const button of document.querySelectorAll("[data-upload]")) {
  const input = button.querySelector("input"), word = button.querySelector("span"), before = word.textContent;
  const select = document.getElementById(button.dataset.for);
  const error = document.querySelector("[data-upload-error]");
  button.hidden = false;
  input.addEventListener("change", async () => {
    if (!input.files.length) return;
    const body = new FormData();
    body.append("csrf_token", document.querySelector("[name=csrf_token]").value);
    body.append("_script", "y");
    body.append("file", input.files[0]);
    word.textContent = button.dataset.busy;
    let told = { error: button.dataset.failed };
    try { told = await (await fetch(button.dataset.upload, { method: "POST", body })).json(); } catch { /* too large, or no network */ }
    word.textContent = before;
    input.value = "";
    error.hidden = !told.error;
    error.querySelector("span").textContent = told.error ?? "";
    if (!told.name) return;
    const option = [...select.options].find((one) => one.value === told.name) ?? new Option(told.label, told.name);
    select.add(option);
    select.value = told.name;
    select.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

for (const sample of document.querySelectorAll("[data-sample]")) {
  const prefix = document.getElementById(sample.dataset.prefix);
  prefix.addEventListener("input", () => {
    const start = prefix.selectionStart;
    prefix.value = prefix.value.toUpperCase();
    prefix.setSelectionRange(start, start);
    sample.textContent = (prefix.value ? `${prefix.value}-` : "") + sample.dataset.sample;
  });
}

for (const hint of document.querySelectorAll("[data-claimed]")) {
  const limit = document.getElementById(hint.dataset.limit), calm = hint.textContent;
  limit.addEventListener("input", () => {
    const low = limit.value !== "" && Number(limit.value) < Number(hint.dataset.claimed);
    hint.classList.toggle("low", low);
    hint.textContent = low ? hint.dataset.below : calm;
  });
}
