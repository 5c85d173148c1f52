// What somebody opened or scrolled stays so when the part of the page around it comes anew.
const PARTS = '[data-stays-open][id]'
let open = new Set()
let scrolled = new Map()

document.addEventListener('htmx:beforeSwap', () => {
  const parts = [...document.querySelectorAll(PARTS)]
  open = new Set(parts.filter((part) => part.open).map((part) => part.id))
  scrolled = new Map(parts.map((part) => [part.id, part.scrollTop]))
})

document.addEventListener('htmx:afterSwap', () => {
  for (const part of document.querySelectorAll(PARTS)) {
    if (open.has(part.id)) part.open = true
    part.scrollTop = scrolled.get(part.id) ?? 0
  }
})
