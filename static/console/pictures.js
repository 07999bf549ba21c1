// Pictures dropped on the form are taken as if chosen; choosing them sends them.
const form = document.querySelector("[data-drop]");
const input = form?.querySelector("input[type=file]");

// The ring turns on the words that are seen.
function send() {
  const words = form.querySelector(".choose");
  words.setAttribute("aria-disabled", "true");
  words.innerHTML = `<span class="ring" aria-hidden="true"></span>${form.dataset.words}`;
  form.requestSubmit();
}

const hasFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");

if (form) {
  form.classList.add("scripted");
  for (const name of ["dragenter", "dragover"]) {
    document.addEventListener(name, (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      form.classList.add("over");
    });
  }
  document.addEventListener("dragleave", (event) => event.relatedTarget ?? form.classList.remove("over"));
  document.addEventListener("drop", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    form.classList.remove("over");
    input.files = event.dataTransfer.files;
    if (input.files.length) send();
  });
  input.addEventListener("change", () => input.files.length && send());
}
