// A link that fills a field instead of leading to the page that has it filled.
import { on } from './on.js'

on('click', '[data-fill]', (link, event) => {
  const field = document.getElementById(link.dataset.fill)
  if (!field) return
  event.preventDefault()
  field.value = link.dataset.value
  field.dispatchEvent(new Event('input', { bubbles: true }))
  field.focus()
})
