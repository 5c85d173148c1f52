// The picker of models: a combobox whose list the server fills; choosing fills the fields of the pane that opened it.
import { on } from './on.js'

let pane = null
const picker = () => document.getElementById('picker')
const field = () => document.getElementById('picker-field')
const options = () => [...document.querySelectorAll('#picker-list [role=option]')]
const marked = () => options().findIndex((option) => option.getAttribute('aria-selected') === 'true')

function mark(position) {
  const list = options()
  const wanted = list[(position + list.length) % list.length]
  for (const option of list) option.setAttribute('aria-selected', String(option === wanted))
  if (wanted) field().setAttribute('aria-activedescendant', wanted.id)
  else field().removeAttribute('aria-activedescendant')
  wanted?.scrollIntoView({ block: 'nearest' })
}

function choose(option) {
  const connection = pane.querySelector('select[name$=connection]')
  const model = pane.querySelector('input[name$=model]')
  connection.value = option.dataset.connection
  model.value = option.dataset.model
  model.dispatchEvent(new Event('input', { bubbles: true }))
  picker().hidePopover()
  pane.querySelector('[data-pick]').focus()
}

on('click', '[data-pick]', (button, event) => {
  event.preventDefault()
  pane = button.closest('.pane')
  picker().showPopover({ source: button })
  field().value = ''
  field().focus()
  field().dispatchEvent(new CustomEvent('picker:open'))
})

on('click', '[data-choose]', choose)

on('click', '[data-picker-settings]', () => {
  picker().hidePopover()
  pane.querySelector('.pane-settings').showPopover({ source: pane.querySelector('[data-pick]') })
})

const MOVES = { ArrowDown: () => mark(marked() + 1), ArrowUp: () => mark(marked() - 1) }

document.addEventListener('keydown', (event) => {
  if (event.target !== field() || event.isComposing) return
  const option = options()[marked()]
  if (event.key === 'Enter' && option) choose(option)
  else MOVES[event.key]?.()
  if (event.key === 'Enter' || event.key in MOVES) event.preventDefault()
})

document.addEventListener('htmx:afterSwap', (event) => {
  if (event.detail.target?.id === 'picker-list') mark(0)
})
