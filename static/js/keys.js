// Ctrl-K search, / filter, ? help, G and a letter to go somewhere, the letter of a link to follow it.
import { show } from './dialogs.js'
import { openPalette } from './palette.js'

const GO_MS = 1200
let goSince = -GO_MS

function typing(target) {
  return target.matches?.('input:not([type=checkbox], [type=radio], [type=button]), textarea, select, [contenteditable]')
}

function focusFilter() {
  const filter = document.querySelector('[data-filter], .filters input[type=search]')
  if (filter) filter.focus()
  else openPalette()
}

document.addEventListener('keydown', (event) => {
  if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 'k') {
    event.preventDefault()
    openPalette()
    return
  }
  if (typing(event.target) || event.ctrlKey || event.metaKey || event.altKey) return
  if (document.querySelector('dialog[open]')) return
  if (event.key === '/') {
    event.preventDefault()
    focusFilter()
  } else if (event.key === '?') {
    show('keys')
  } else if (event.timeStamp - goSince < GO_MS) {
    document.querySelector(`[data-go="${CSS.escape(event.key.toLowerCase())}"]`)?.click()
  } else {
    document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`)?.click()
  }
  goSince = event.key.toLowerCase() === 'g' ? event.timeStamp : -GO_MS
})
