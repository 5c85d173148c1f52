// A form in flight is not sent twice: its buttons sleep until the answer is there.
const buttons = (form) => [...form.elements].filter((element) => element.type === 'submit')

function sleep(form) {
  for (const button of buttons(form).filter((each) => !each.disabled)) {
    button.disabled = true
    button.dataset.asleep = ''
    button.setAttribute('aria-busy', 'true')
  }
}

function wake(root) {
  for (const button of root.querySelectorAll('[data-asleep]')) {
    button.disabled = false
    delete button.dataset.asleep
    button.removeAttribute('aria-busy')
  }
}

// The button that was pressed must still be in the form data, hence the wait of one turn.
document.addEventListener('submit', (event) => {
  const form = event.target
  if (!event.defaultPrevented && form.method !== 'get') setTimeout(() => sleep(form))
})

document.addEventListener('htmx:beforeSend', (event) => {
  const form = event.detail.elt
  if (form instanceof HTMLFormElement && event.detail.requestConfig.verb !== 'get') sleep(form)
})

document.addEventListener('htmx:afterRequest', (event) => {
  if (event.detail.elt instanceof HTMLFormElement) wake(event.detail.elt)
})

addEventListener('pageshow', (event) => { if (event.persisted) wake(document) })
