// A form whose answer comes line by line (console/views/live.py): each line replaces a part of the page at once.
import { announce, on, ready } from './on.js'
import { lines } from './lines.js'
import { toast } from './toasts.js'

// A refusal comes as plain JSON.
const LINES = 'application/x-ndjson, application/json;q=0.5'

function place(line) {
  const old = line.id && document.getElementById(line.id)
  if (old) window.htmx.swap(old, line.html, { swapStyle: 'outerHTML' }, { eventInfo: { target: old } })
  if (line.say) announce(line.say)
}

async function refused(response) {
  const told = await response.json().catch(() => ({}))
  return [told.error?.message, told.error?.remedy].filter(Boolean).join(' ') || 'The console could not do this. Reload the page.'
}

async function run(form, submitter) {
  const buttons = [...form.elements].filter((each) => each.type === 'submit')
  const body = new FormData(form, submitter)
  buttons.forEach((button) => { button.disabled = true })
  try {
    const response = await fetch(form.action, { method: 'POST', body, headers: { Accept: LINES } })
    if (!response.ok) return toast(await refused(response), 'bad')
    for await (const line of lines(response)) place(line)
    form.dispatchEvent(new CustomEvent('live:done', { bubbles: true }))
  } catch {
    toast('The connection to the console broke. Reload the page to see what was kept.', 'bad')
  } finally {
    ;[...form.elements].forEach((each) => { each.disabled = false })
  }
}

// Captured, so that no other listener takes the form for one that leaves the page.
on('submit', 'form[data-live]', (form, event) => {
  event.preventDefault()
  run(form, event.submitter)
}, { capture: true })

// Once after adding or after a new credential; a reload of the page does not run it again.
ready('form[data-live-now]', (form) => {
  delete form.dataset.liveNow
  history.replaceState(history.state, '', location.pathname)
  form.requestSubmit()
})
