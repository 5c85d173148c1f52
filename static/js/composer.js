// Ctrl+Enter sends, Esc stops all; what was written stays until the server has taken it.
import { on } from './on.js'

const field = () => document.querySelector('[data-composer]')
const isOpen = () => document.querySelector('dialog[open], [popover]:popover-open')

on('keydown', '[data-composer], #instructions', (area, event) => {
  if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.isComposing) return
  event.preventDefault()
  area.form.requestSubmit(area.form.querySelector('[type=submit].primary'))
})

document.addEventListener('keydown', (event) => {
  const stop = document.querySelector('[data-stop-all]:not([hidden])')
  if (event.key !== 'Escape' || !stop || isOpen() || event.isComposing) return
  event.preventDefault()
  stop.click()
})

// One submit, one turn: the same words sent twice carry the same key.
on('submit', '#composer', (form) => {
  form.dataset.key ??= crypto.getRandomValues(new Uint32Array(4)).join('-')
}, true)

document.addEventListener('htmx:configRequest', (event) => {
  const form = event.detail.elt
  if (form.id === 'composer' && form.dataset.key) event.detail.parameters.set('idempotency_key', form.dataset.key)
})

document.addEventListener('htmx:afterRequest', (event) => {
  const form = event.detail.elt
  if (form.id !== 'composer') return
  // For htmx a 422 is a success, since it is put into the page.
  const { status } = event.detail.xhr
  const isTaken = status >= 200 && status < 300
  if (isTaken) {
    field().value = ''
    field().placeholder = field().dataset.followUp
    document.getElementById('starters')?.remove()
  }
  if (isTaken || status === 422) delete form.dataset.key
  field().focus({ preventScroll: true })
})

on('click', '[data-starter]', (chip) => {
  field().value = chip.dataset.starter
  field().focus()
})

on('input', '#instructions', (area) => {
  document.querySelector('[data-system-set]').hidden = !area.value.trim()
})
