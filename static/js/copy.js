import { on } from './on.js'
import { toast } from './toasts.js'

// The clipboard interface is absent on plain http from another machine; a selection works there too.
async function copy(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text)
  const box = document.createElement('textarea')
  box.value = text
  box.className = 'sr-only'
  document.body.append(box)
  box.select()
  const done = document.execCommand('copy')
  box.remove()
  if (!done) throw new Error('refused')
}

on('click', '[data-copy]', async (button) => {
  const source = button.dataset.copyFrom && document.getElementById(button.dataset.copyFrom)
  const text = source ? source.innerText : button.dataset.copy || button.innerText
  try {
    await copy(text)
    toast('Copied to the clipboard')
  } catch {
    toast('The browser did not let the console copy this', 'warn')
  }
})
