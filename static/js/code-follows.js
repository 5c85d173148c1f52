// The code beside a form is asked for with the names of chosen files: no file is sent for it.
document.addEventListener('htmx:configRequest', ({ detail: { formData } }) => {
  if (formData.get('do') !== 'code') return
  for (const [name, value] of [...formData]) {
    if (value instanceof File) formData.set(name, value.name)
  }
})
