// Passwords that can be looked at, dialogs on browsers without invoker commands, and lists that are saved or printed.
for (const button of document.querySelectorAll("[data-peek]")) button.hidden = false;

document.addEventListener("click", (event) => {
  const button = event.target.closest("button, a");
  if (!button) return;
  if ("peek" in button.dataset) peek(button);
  if ("print" in button.dataset) print();
  if (!("commandForElement" in button) && button.hasAttribute("commandfor")) ask(button);
});

function peek(button) {
  const input = document.getElementById(button.getAttribute("aria-controls"));
  const shown = input.type === "text";
  input.type = shown ? "password" : "text";
  button.setAttribute("aria-pressed", String(!shown));
  input.focus({ preventScroll: true });
}

function ask(button) {
  const dialog = document.getElementById(button.getAttribute("commandfor"));
  button.getAttribute("command") === "close" ? dialog.close() : dialog.showModal();
}

for (const link of document.querySelectorAll("[data-save]")) {
  const lines = [...document.querySelectorAll(link.dataset.save)].map((node) => node.textContent.trim());
  link.href = URL.createObjectURL(new Blob([lines.join("\n") + "\n"], { type: "text/plain" }));
  link.hidden = false;
}
for (const button of document.querySelectorAll("[data-print]")) button.hidden = false;
