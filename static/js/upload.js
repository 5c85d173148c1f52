// form[data-uploads]: files dropped or chosen become rows; each is sent in parts and then followed to the resource.
import { announce, on } from './on.js'
import { Transfer } from './transfer.js'
import { link, row, show } from './upload-row.js'

// A form that collects sends the ids of what has arrived, once nothing is under way any more.
function collect({ element }, told) {
  const chosen = Object.assign(document.createElement('input'), { type: 'hidden', name: 'uploads', value: told.id })
  element.append(chosen)
  chosen.dispatchEvent(new Event('change', { bubbles: true }))
}

function wait(form, change) {
  const button = form.querySelector('[data-after-uploads]')
  form.dataset.under = Number(form.dataset.under ?? 0) + change
  if (button) button.disabled = Number(form.dataset.under) > 0
}

// A screen reader hears each state once, and not each step of the bars.
function follow(shown, { file, told }) {
  if (told.text !== shown.said) announce(`${file.name}: ${told.text}`)
  shown.said = told.text
  show(shown, told)
}

function start(form, file) {
  const shown = row(file)
  const names = ['connection', 'kind', 'expires', 'store'].filter((name) => form.elements[name])
  const fields = Object.fromEntries(names.map((name) => [name, form.elements[name].value]))
  const transfer = new Transfer(file, { begin: form.dataset.begin, fields, token: form.csrfmiddlewaretoken.value })
  const pause = shown.part('pause')
  pause.addEventListener('click', () => {
    transfer.toggle()
    pause.setAttribute('aria-pressed', String(transfer.isPaused))
    pause.setAttribute('aria-label', transfer.isPaused ? 'Resume' : 'Pause')
  })
  shown.part('cancel').addEventListener('click', () => transfer.cancel())
  transfer.addEventListener('change', () => follow(shown, transfer))
  wait(form, 1)
  transfer.run().then((told) => {
    pause.remove()
    shown.part('cancel').remove()
    if (told.url) link(shown, told)
    if ('collects' in form.dataset && told.state === 'received') collect(shown, told)
    wait(form, -1)
  })
}

function take(form, files) {
  for (const file of files) start(form, file)
}

on('change', '[data-choose]', (input) => {
  take(input.closest('form'), [...input.files])
  input.value = ''
})
on('dragover', '[data-dropzone]', (zone, event) => { event.preventDefault(); zone.dataset.over = '' })
on('dragleave', '[data-dropzone]', (zone) => { delete zone.dataset.over })
on('drop', '[data-dropzone]', (zone, event) => {
  event.preventDefault()
  delete zone.dataset.over
  take(zone.closest('form'), [...event.dataTransfer.files])
})
