// form[data-uploads]: files dropped or chosen become rows; each is sent in parts and then followed to the resource.
import { announce, on } from './on.js'
import { Transfer } from './transfer.js'

function row(file) {
  const list = document.getElementById('uploads')
  const element = document.getElementById('upload-row').content.firstElementChild.cloneNode(true)
  const part = (name) => element.querySelector(`[data-${name}]`)
  part('name').textContent = file.name
  list.querySelector('[data-none]')?.remove()
  list.prepend(element)
  return { element, part }
}

function show({ element, part }, told) {
  part('console').value = told.size ? (100 * told.received) / told.size : 0
  part('resource').value = told.size ? (100 * told.sent) / told.size : 0
  part('note').textContent = told.note
  part('sub').textContent = told.text
  element.dataset.uploadState = told.state
}

function link({ part }, told) {
  const anchor = document.createElement('a')
  anchor.href = told.file_url || told.url
  anchor.textContent = part('name').textContent
  part('name').replaceChildren(anchor)
}

function start(form, file) {
  const shown = row(file)
  const fields = { connection: form.connection.value, kind: form.kind.value, expires: form.expires.value }
  const transfer = new Transfer(file, { begin: form.dataset.begin, fields, token: form.csrfmiddlewaretoken.value })
  const pause = shown.part('pause')
  pause.addEventListener('click', () => {
    transfer.toggle()
    pause.setAttribute('aria-pressed', String(transfer.isPaused))
    pause.setAttribute('aria-label', transfer.isPaused ? 'Resume' : 'Pause')
  })
  shown.part('cancel').addEventListener('click', () => transfer.cancel())
  transfer.addEventListener('change', () => show(shown, transfer.told))
  transfer.run().then((told) => {
    pause.remove()
    shown.part('cancel').remove()
    if (told.url) link(shown, told)
    announce(`${file.name}: ${transfer.told.text}`)
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
