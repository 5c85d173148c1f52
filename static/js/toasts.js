// Toasts come from the server (Django's messages, HX-Trigger: {"toast": {...}}) and from failed requests.
import { on, announce } from './on.js'

const SECONDS = 6
const ICONS = { ok: 'check', info: 'info', warn: 'alert', bad: 'alert' }

function iconOf(name) {
  const known = document.querySelector('svg.icon use')?.getAttribute('href').split('#')[0]
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use')
  svg.setAttribute('class', 'icon')
  svg.setAttribute('aria-hidden', 'true')
  use.setAttribute('href', `${known}#i-${name}`)
  svg.append(use)
  return svg
}

export function toast(text, tone = 'ok') {
  const box = document.createElement('div')
  const words = document.createElement('p')
  const button = document.createElement('button')
  box.className = 'toast'
  box.dataset.tone = tone
  if (tone === 'bad') box.setAttribute('role', 'alert')
  words.textContent = text
  Object.assign(button, { className: 'btn ghost icon-only sm', type: 'button' })
  button.dataset.dismiss = ''
  button.setAttribute('aria-label', 'Dismiss')
  button.append(iconOf('x'))
  box.append(iconOf(ICONS[tone] ?? 'info'), words, button)
  document.getElementById('toasts').append(box)
}

// A dialog lies in the top layer; whatever is said while it is open must lie above it.
function raise(changes) {
  const box = changes.find((change) => change.addedNodes.length)?.target
  if (!box) return
  box.popover = 'manual'
  box.hidePopover()
  box.showPopover()
}

on('click', '[data-dismiss]', (button) => button.closest('.toast')?.remove())
document.addEventListener('toast', (event) => toast(event.detail.text ?? event.detail.value, event.detail.tone))
document.addEventListener('announce', (event) => announce(event.detail.value))

// What failed stays until it is dismissed; good news leaves by itself, unless someone is reading it.
function fade() {
  for (const box of document.querySelectorAll('.toast:not([data-tone=bad]):not(:hover):not(:focus-within)')) {
    box.dataset.age = Number(box.dataset.age ?? 0) + 1
    if (box.dataset.age > SECONDS) box.remove()
  }
}
setInterval(fade, 1000)
new MutationObserver(raise).observe(document.getElementById('toasts'), { childList: true })
