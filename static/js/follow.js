// A response that works in the background: its text as it comes (console/views/response_events.py). The page holds
// what came up to the number in data-after; after a break, and every minute, it goes on behind the last number.
import { announce, ready } from './on.js'
import { lines } from './lines.js'

const PATIENCE = 5 // turns in a row that bring nothing
const wait = (seconds) => new Promise((resolve) => { setTimeout(resolve, seconds * 1000) })

function add(element, [kind, text]) {
  const place = element.querySelector(`[data-kind="${kind}"]`)
  place.append(text)
  const hidden = place.closest('[hidden]')
  if (hidden) hidden.hidden = false
}

function ask(element, how = '') {
  if (element.isConnected) window.htmx.ajax('GET', element.dataset.ask + how, { target: element, swap: 'outerHTML' })
}

// Returns how this turn went: end, poll, or nothing when there is more to come.
async function turn(element, url) {
  const response = await fetch(`${url}?after=${element.dataset.after}`, { headers: { Accept: 'application/x-ndjson' } })
  if (!response.ok) return { poll: true }
  for await (const line of lines(response)) {
    if (!element.isConnected || line.end || line.poll) return line
    element.dataset.after = line.after
    line.parts.forEach((part) => add(element, part))
  }
  return {}
}

// The page and htmx may both tell of the same element.
async function follow(element) {
  const url = element.dataset.follow
  delete element.dataset.follow
  for (let silent = 0; element.isConnected && silent < PATIENCE; silent += 1) {
    const before = element.dataset.after
    const line = await turn(element, url).catch(() => ({}))
    if (line.end) announce('The response has ended.')
    if (line.end || line.poll) return ask(element, line.poll ? '?poll=1' : '')
    if (element.dataset.after !== before) silent = -1
    else await wait(2 ** silent)
  }
  ask(element, '?poll=1')
}

ready('[data-follow]', follow)
