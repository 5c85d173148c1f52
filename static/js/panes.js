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

function tally(pane) {
  const set = [...pane.querySelectorAll('[data-parameter]')].filter((field) => field.value !== '').length
  for (const mark of pane.querySelectorAll('[data-set-count]')) {
    mark.textContent = set
    mark.hidden = set === 0
  }
}

function name(pane) {
  const model = pane.querySelector('input[name$=model]').value
  const connection = pane.querySelector('select[name$=connection]')
  const letter = pane.querySelector('.letter').textContent
  for (const place of [pane, tab(pane.dataset.pane)]) {
    const label = place?.querySelector('[data-pane-name]')
    if (label) label.textContent = model || 'Choose a model'
  }
  pane.querySelector('[data-pane-connection]').textContent = connection.value ? connection.selectedOptions[0].text : 'No connection'
  pane.setAttribute('aria-label', `Pane ${letter}: ${model || 'no model'}`)
  pane.querySelector('[data-pick]').setAttribute('aria-label', `Model of pane ${letter}: ${model || 'none'}`)
}

on('input', '.pane-settings', (settings) => {
  tally(settings.closest('.pane'))
  name(settings.closest('.pane'))
})

on('click', '[data-reset-parameters]', (button) => {
  const pane = button.closest('.pane')
  for (const field of pane.querySelectorAll('[data-parameter]')) field.value = ''
  tally(pane)
})

on('click', '[data-copy-settings]', (button) => {
  const from = document.getElementById(`pane-${button.dataset.copySettings}`)
  const value = (field) => from.querySelector(`[name="${field.name.replace(/\d+/, from.dataset.pane)}"]`)?.value ?? ''
  for (const pane of panes().filter((one) => one !== from)) {
    for (const field of pane.querySelectorAll('[data-parameter]')) field.value = value(field)
    tally(pane)
  }
  button.closest('[popover]').hidePopover()
})

// On phones one pane is seen at a time; its tab says which.
ready('.panes', (all) => {
  all.addEventListener('scrollend', () => {
    const seen = panes().find((pane) => pane.offsetLeft + pane.clientWidth / 2 > all.scrollLeft)
    for (const chip of document.querySelectorAll('[data-pane-tab]')) {
      if (seen && chip.dataset.paneTab === seen.dataset.pane) chip.setAttribute('aria-current', 'true')
      else chip.removeAttribute('aria-current')
    }
  })
})

on('click', '[data-pane-tab]', (chip, event) => {
  event.preventDefault()
  document.getElementById(`pane-${chip.dataset.paneTab}`)?.scrollIntoView({ inline: 'start', block: 'nearest' })
})
