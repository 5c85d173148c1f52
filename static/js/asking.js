// Requests that wait a lost network out, and the hash of what they carry.
const wait = (seconds) => new Promise((resolve) => { setTimeout(resolve, seconds * 1000) })

export class Refused extends Error {}

export async function hash(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

// JSON of the console. What it refuses is thrown; while it does not answer, it is asked again until `isOver`.
export async function ask(url, options, { isOver, silent }) {
  for (let seconds = 1; !isOver(); seconds = Math.min(seconds * 2, 30)) {
    const headers = { Accept: 'application/json', ...options.headers }
    const response = await fetch(url, { ...options, headers }).catch(() => null)
    const answer = await response?.json().catch(() => null)
    if (response?.ok && answer) return answer
    if (response && response.status < 500) throw new Refused(answer?.error?.message ?? 'The console refused this. Reload the page.')
    silent()
    await wait(seconds)
  }
  throw new Refused('Cancelled')
}
