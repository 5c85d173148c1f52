// On phones one pane is seen at a time; its tab says which.
import { on, ready } from './on.js'

ready('.panes', (all) => {
  all.addEventListener('scrollend', () => {
    const seen = [...all.querySelectorAll('.pane')].find((pane) => pane.offsetLeft + pane.clientWidth / 2 > all.scrollLeft)
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
