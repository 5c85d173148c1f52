// Adding, closing and setting up panes; every pane's inputs belong to the composer's form, so nothing is kept here.
import { on, ready } from './on.js'

const panes = () => [...document.querySelectorAll('.pane')]
const tab = (position) => document.querySelector(`[data-pane-tab="${position}"]`)
const LIMIT = 8

function count() {
  const all = document.getElementById('panes')
  all.dataset.count = panes().length
  document.querySelector('[data-add-pane]')?.toggleAttribute('hidden', panes().length >= LIMIT)
}

on('click', '[data-add-pane]', async (link, event) => {
  event.preventDefault()
  const last = panes().at(-1)
  const query = new URLSearchParams({
    position: 1 + Math.max(-1, ...panes().map((pane) => Number(pane.dataset.pane))),
    connection: last?.querySelector('select[name$=connection]')?.value ?? '',
  })
  await window.htmx.ajax('GET', `${link.dataset.addPane}?${query}`, { target: '#panes', swap: 'beforeend' })
  const added = panes().at(-1)
  const chip = tab(last?.dataset.pane)?.cloneNode(true)
  if (chip) {
    chip.href = `#${added.id}`
    chip.dataset.paneTab = added.dataset.pane
    chip.querySelector('[data-live]')?.remove()
    chip.removeAttribute('aria-current')
    chip.querySelector('.letter').replaceWith(added.querySelector('.letter').cloneNode(true))
    chip.querySelector('[data-pane-name]').textContent = added.querySelector('[data-pane-name]').textContent
    tab(last.dataset.pane).after(chip)
  }
  count()
  added.scrollIntoView({ inline: 'end', block: 'nearest' })
  added.querySelector('[data-pick]').click()
})

on('click', '[data-close-pane]', (button) => {
  if (panes().length < 2) return
  tab(button.dataset.closePane)?.remove()
  document.getElementById(`pane-${button.dataset.closePane}`).remove()
  count()
})
