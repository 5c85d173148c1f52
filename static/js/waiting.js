// A form with [data-waiting] in it: an answer that takes its time is told there, where one can stop waiting for it.
import { announce, on } from './on.js'

const SECONDS = 4
const note = (form) => form.querySelector?.('[data-waiting]')
let timer

function tell(form) {
  note(form).hidden = false
  announce(note(form).querySelector('p').textContent)
}

document.addEventListener('htmx:beforeSend', ({ detail: { elt } }) => {
  if (!note(elt)) return
  clearTimeout(timer)
  timer = setTimeout(tell, 1000 * SECONDS, elt)
})

document.addEventListener('htmx:afterRequest', ({ detail: { elt } }) => {
  if (!note(elt)) return
  clearTimeout(timer)
  note(elt).hidden = true
})

on('click', '[data-stop-waiting]', (button) => {
  const form = button.closest('form')
  window.htmx.trigger(form, 'htmx:abort')
  announce('You stopped waiting.')
  form.querySelector('[type=submit]').focus()
})
