// Parts of a page that fail alike say it once: the first card stands, the others are shown again when it goes.
function tellOnce() {
  const told = new Set()
  for (const card of document.querySelectorAll('main .card[data-error-kind]')) {
    const said = `${card.dataset.errorKind}: ${card.querySelector('[data-error-message]')?.textContent}`
    card.hidden = told.has(said)
    told.add(said)
  }
}

document.addEventListener('htmx:afterSwap', tellOnce)
tellOnce()
