// A form in flight is not sent twice: its buttons sleep until the answer is there.
// And a form with a key has one effect for the same entries, also after "back": the step of the history where it was
// sent keeps the key that went with them, and changed entries get a key of their own.
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

const newKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('')

function entries(form, button) {
  const told = [...new FormData(form)].filter(([name]) => name !== 'key' && name !== 'csrfmiddlewaretoken')
  if (button?.name) told.push([button.name, button.value])
  return digest(JSON.stringify([form.getAttribute('action'), told.map(([name, value]) => [name, value.name ?? value, value.size])]))
}

// Two FNV-1a hashes: the history is no place for what people write.
function digest(text) {
  let [one, other] = [0x811c9dc5, 0x01000193]
  for (let at = 0; at < text.length; at++) {
    one = Math.imul(one ^ text.charCodeAt(at), 0x01000193)
    other = Math.imul(other ^ text.charCodeAt(text.length - 1 - at), 0x01000193)
  }
  return `${(one >>> 0).toString(16)}-${(other >>> 0).toString(16)}-${text.length}`
}

function keep(form, field, button) {
  const sent = history.state?.sent ?? {}
  const told = entries(form, button)
  if (sent[told]) field.value = sent[told]
  else if (Object.values(sent).includes(field.value)) field.value = newKey()
  history.replaceState({ ...history.state, sent: { ...sent, [told]: field.value } }, '')
}

// Before anybody else hears of it, so that htmx sends the key too.
document.addEventListener('submit', ({ target: form, submitter }) => {
  const field = form.elements.namedItem('key')
  if (form.getAttribute('method') === 'post' && field?.type === 'hidden') keep(form, field, submitter)
}, true)

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
