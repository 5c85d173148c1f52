// The command palette: a combobox whose list the server fills (hx-get on the field).
import { show } from './dialogs.js'

const field = () => document.querySelector('#palette [role=combobox]')
const options = () => [...document.querySelectorAll('#palette-list [role=option]')]
const chosen = () => options().findIndex((option) => option.getAttribute('aria-selected') === 'true')

function choose(position) {
  const list = options()
  const wanted = list[(position + list.length) % list.length]
  for (const option of list) option.setAttribute('aria-selected', String(option === wanted))
  if (wanted) field().setAttribute('aria-activedescendant', wanted.id)
  else field().removeAttribute('aria-activedescendant')
  wanted?.scrollIntoView({ block: 'nearest' })
}

const MOVES = { ArrowDown: () => choose(chosen() + 1), ArrowUp: () => choose(chosen() - 1) }

export function openPalette() {
  if (field()) show('palette')
}

document.addEventListener('layer:open', (event) => {
  if (event.target.id !== 'palette') return
  field().select()
  field().dispatchEvent(new CustomEvent('palette:open'))
})

document.addEventListener('keydown', (event) => {
  if (event.target !== field() || event.isComposing) return
  if (event.key === 'Enter') options()[chosen()]?.click()
  else MOVES[event.key]?.()
  if (event.key === 'Enter' || event.key in MOVES) event.preventDefault()
})

document.addEventListener('htmx:afterSwap', (event) => {
  if (event.detail.target?.id === 'palette-list') choose(0)
})
