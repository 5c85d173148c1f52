// A list that reads itself again leaves what people do in it alone: ticks, an open menu, what they type there.
// [data-select-all="name"]: ticks every box of this name on the page, or takes all ticks away.
// [data-selected="name"]: says how many of them are ticked.
import { announce, on } from './on.js'

const boxes = (name) => [...document.querySelectorAll(`#table input[type="checkbox"][name="${CSS.escape(name)}"]`)]
let ticked = new Set()

function count() {
  for (const told of document.querySelectorAll('[data-selected]')) {
    told.textContent = `${boxes(told.dataset.selected).filter((box) => box.checked).length} selected`
  }
}

on('change', '#table input[type="checkbox"]', count)
addEventListener('pageshow', count)

on('click', '[data-select-all]', (button) => {
  const all = boxes(button.dataset.selectAll)
  const isAll = all.every((box) => box.checked)
  all.forEach((box) => { box.checked = !isAll })
  count()
  announce(isAll ? 'Nothing is selected' : `${all.length} selected`)
})

document.addEventListener('htmx:beforeSwap', (event) => {
  if (event.target.id === 'table') ticked = new Set(boxes('item').filter((box) => box.checked).map((box) => box.value))
})

document.addEventListener('htmx:afterSwap', () => {
  for (const box of boxes('item')) box.checked ||= ticked.has(box.value)
  count()
})

// A menu closes as soon as something is chosen in it; one that is open is still being read.
on('htmx:beforeRequest', '.list :is(a, form)', () => document.querySelector('.facet-menu:popover-open')?.hidePopover())

document.addEventListener('htmx:oobBeforeSwap', (event) => {
  const isFacets = event.target.id === 'facets'
  if (isFacets && event.target.querySelector(':popover-open')) event.detail.shouldSwap = false
})
