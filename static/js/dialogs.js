// data-open="id" opens a dialog or popover, data-close closes it, so does a click beside it;
// a dialog with data-shown opens as soon as it is on the page; #id in the address opens it too.
import { on, ready } from './on.js'

export function show(id) {
  const layer = document.getElementById(id)
  if (layer instanceof HTMLDialogElement && !layer.open) layer.showModal()
  else if (layer?.popover && !layer.matches(':popover-open')) layer.showPopover()
  layer?.dispatchEvent(new CustomEvent('layer:open', { bubbles: true }))
  return layer
}

function showFromAddress() {
  const layer = document.getElementById(decodeURIComponent(location.hash.slice(1)))
  if (layer instanceof HTMLDialogElement) show(layer.id)
}

on('click', '[data-open]', (opener, event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return
  event.preventDefault()
  opener.closest('[popover]:popover-open')?.hidePopover()
  show(opener.dataset.open)
})

on('click', '[data-close]', (button) => button.closest('dialog')?.close())

on('pointerdown', 'dialog', (dialog, event) => {
  if (event.target !== dialog) return
  const box = dialog.getBoundingClientRect()
  const inside = event.clientX >= box.left && event.clientX <= box.right &&
    event.clientY >= box.top && event.clientY <= box.bottom
  if (!inside) dialog.close()
})

document.addEventListener('close', (event) => {
  if (location.hash === `#${event.target.id}`) history.replaceState(history.state, '', location.pathname + location.search)
}, true)

ready('dialog[data-shown]', (dialog) => { if (!dialog.open) dialog.showModal() })
addEventListener('hashchange', showFromAddress)
showFromAddress()
