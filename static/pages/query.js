// Whoever changes the language keeps the campaign that brought them: the page is the same for everybody, so only here is it known.
for (const link of document.querySelectorAll("[data-keeps-query]")) if (location.search) link.search = location.search;
