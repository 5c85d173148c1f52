// A pane's model and parameters: its heading says what is chosen, its button how many parameters are set.
import { on } from './on.js'

const tab = (position) => document.querySelector(`[data-pane-tab="${position}"]`)

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
  for (const pane of document.querySelectorAll(`.pane:not(#${from.id})`)) {
    for (const field of pane.querySelectorAll('[data-parameter]')) field.value = value(field)
    tally(pane)
  }
  button.closest('[popover]').hidePopover()
})
