// Leaving the page asks first while form[data-guard] has unsaved words, or a file is on its way out of the page.
import { on } from './on.js'

on('input', 'form[data-guard]', (form) => { form.dataset.dirty = '' })
on('submit', 'form[data-guard]', (form) => { delete form.dataset.dirty })
on('reset', 'form[data-guard]', (form) => { delete form.dataset.dirty })

const LEAVING = '#uploads > :not([data-upload])[data-upload-state="receiving"]'

addEventListener('beforeunload', (event) => {
  if (document.querySelector(`form[data-dirty], ${LEAVING}`)) event.preventDefault()
})
