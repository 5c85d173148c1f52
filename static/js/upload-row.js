// The row of one file under way, copied from template#upload-row.
export function row(file) {
  const list = document.getElementById('uploads')
  const element = document.getElementById('upload-row').content.firstElementChild.cloneNode(true)
  const part = (name) => element.querySelector(`[data-${name}]`)
  part('name').textContent = file.name
  list.querySelector('[data-none]')?.remove()
  list.prepend(element)
  return { element, part }
}

export function show({ element, part }, told) {
  part('console').value = told.size ? (100 * told.received) / told.size : 0
  part('resource').value = told.size ? (100 * told.sent) / told.size : 0
  part('note').textContent = told.note
  part('sub').textContent = told.text
  element.dataset.uploadState = told.state
  if (told.id) document.querySelector(`#uploads [data-upload="${told.id}"]`)?.remove()
}

export function link({ part }, told) {
  const anchor = document.createElement('a')
  anchor.href = told.file_url || told.url
  anchor.textContent = part('name').textContent
  part('name').replaceChildren(anchor)
}
