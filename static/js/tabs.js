// role=tab inside role=tablist: a click or the arrows choose, aria-controls names the panel.
// What is put in the place of a chosen tab is chosen too.
import { on, ready } from './on.js'

const STEPS = { ArrowRight: 1, ArrowLeft: -1 }
const chosen = new Set()

function select(tab) {
  for (const other of tab.closest('[role=tablist]').querySelectorAll('[role=tab]')) {
    other.setAttribute('aria-selected', String(other === tab))
    other.tabIndex = other === tab ? 0 : -1
    document.getElementById(other.getAttribute('aria-controls')).hidden = other !== tab
    chosen.delete(other.id)
  }
  chosen.add(tab.id)
}

on('click', '[role=tab]', select)

ready('[role=tab]', (tab) => {
  if (chosen.has(tab.id)) select(tab)
})

on('keydown', '[role=tab]', (tab, event) => {
  const tabs = [...tab.closest('[role=tablist]').querySelectorAll('[role=tab]')]
  const edges = { Home: 0, End: tabs.length - 1 }
  const position = edges[event.key] ?? (tabs.indexOf(tab) + STEPS[event.key] + tabs.length) % tabs.length
  if (Number.isNaN(position)) return
  event.preventDefault()
  tabs[position].focus()
  select(tabs[position])
})
