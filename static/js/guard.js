// form[data-guard]: leaving the page with unsaved words asks first.
import { on } from './on.js'

on('input', 'form[data-guard]', (form) => { form.dataset.dirty = '' })
on('submit', 'form[data-guard]', (form) => { delete form.dataset.dirty })
on('reset', 'form[data-guard]', (form) => { delete form.dataset.dirty })

addEventListener('beforeunload', (event) => {
  if (document.querySelector('form[data-dirty]')) event.preventDefault()
})
