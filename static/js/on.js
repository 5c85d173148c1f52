// One listener on the document for each behaviour: it survives every swap and the back button.
export function on(type, selector, handler, options) {
  document.addEventListener(type, (event) => {
    const element = event.target.closest?.(selector)
    if (element) handler(element, event)
  }, options)
}

// What is on the page now, and whatever htmx puts there later.
export function ready(selector, handler) {
  const visit = (root) => {
    if (root.matches?.(selector)) handler(root)
    root.querySelectorAll(selector).forEach(handler)
  }
  visit(document)
  document.addEventListener('htmx:load', (event) => visit(event.detail.elt))
}

export function announce(text) {
  const line = document.getElementById('status')
  if (line) line.textContent = text
}
