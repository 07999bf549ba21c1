// A form that is on its way is not sent twice; its button shows a ring and stays focusable.
document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-sending]");
  if (!form) return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "1";
  const button = event.submitter;
  if (!button) return;
  button.setAttribute("aria-disabled", "true");
  button.querySelector(".icon")?.remove();
  button.insertAdjacentHTML("afterbegin", '<span class="ring" aria-hidden="true"></span>');
});
// Coming back by the back button finds the form as it was.
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
