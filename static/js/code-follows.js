// The code beside a form is asked for with the names of chosen files: no file is sent for it.
document.addEventListener('htmx:configRequest', ({ detail: { formData } }) => {
  if (formData.get('do') !== 'code') return
  for (const [name, value] of [...formData]) {
    if (value instanceof File) formData.set(name, value.name)
  }
})

// What was typed before htmx listened, or is put back by the browser after "back", counts as a change too.
const isTyped = ({ type, value, defaultValue, checked, defaultChecked }) => {
  if (type === 'checkbox' || type === 'radio') return checked !== defaultChecked
  return !['hidden', 'file'].includes(type) && defaultValue !== undefined && value !== defaultValue
}

document.addEventListener('htmx:load', ({ detail: { elt } }) => {
  if (elt !== document.body) return
  for (const card of document.querySelectorAll('#samples[hx-include]')) {
    const form = document.querySelector(card.getAttribute('hx-include'))
    if ([...(form?.elements ?? [])].some(isTyped)) form.dispatchEvent(new Event('change', { bubbles: true }))
  }
})
