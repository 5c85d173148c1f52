// <time data-time="relative"> keeps up with the clock, data-time="absolute" shows the reader's zone; UTC is in the title.
import { ready } from './on.js'

const THIN = '\u202f'
const STEPS = [[3600, 60, 'min'], [86400, 3600, 'h'], [5184000, 86400, 'd'], [63072000, 2592000, 'months'], [Infinity, 31536000, 'years']]
const LOCAL = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', timeZoneName: 'short',
})

function ago(moment) {
  const seconds = Math.trunc((Date.now() - moment) / 1000)
  const size = Math.abs(seconds)
  if (size < 45) return seconds >= 0 ? 'just now' : 'in a moment'
  const [, each, unit] = STEPS.find(([limit]) => size < limit)
  const words = `${Math.max(1, Math.round(size / each))}${THIN}${unit}`
  return seconds > 0 ? `${words} ago` : `in ${words}`
}

function write(element) {
  const moment = new Date(element.dateTime)
  const text = element.dataset.time === 'relative' ? ago(moment) : LOCAL.format(moment)
  if (element.textContent !== text) element.textContent = text
}

ready('time[data-time]', write)
setInterval(() => document.querySelectorAll('time[data-time=relative]').forEach(write), 15000)
