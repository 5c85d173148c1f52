// One file on its way: parts of at most 8 MiB to the console, each with its hash, then the console's own sending.
import { Refused, ask, hash } from './asking.js'

const PART = 8 * 1024 * 1024
const wait = (seconds) => new Promise((resolve) => { setTimeout(resolve, seconds * 1000) })

export class Transfer extends EventTarget {
  isPaused = false
  isCancelled = false

  constructor(file, { begin, fields, token }) {
    super()
    Object.assign(this, { file, begin, fields, token })
    this.told = { size: file.size, received: 0, sent: 0, state: 'receiving', note: '', text: 'Starts' }
  }

  tell(news) {
    Object.assign(this.told, news)
    this.told.note = this.told.size ? `${Math.floor((100 * this.told.received) / this.told.size)} %` : ''
    this.dispatchEvent(new Event('change'))
    return this.told
  }

  ask(url, options = {}) {
    return ask(url, { ...options, headers: { 'X-CSRFToken': this.token, ...options.headers } }, {
      isOver: () => this.isCancelled,
      silent: () => this.tell({ text: 'The console does not answer; trying again' }),
    })
  }

  slice(number) {
    return this.file.slice(number * PART, (number + 1) * PART).arrayBuffer()
  }

  async run() {
    try {
      const body = new FormData()
      const known = { ...this.fields, name: this.file.name, size: this.file.size, first: await hash(await this.slice(0)) }
      Object.entries(known).forEach(([name, value]) => body.append(name, value))
      this.upload = await this.ask(this.begin, { method: 'POST', body })
      while (this.upload.state === 'receiving') await this.next()
      while (this.upload.state === 'sending' && !this.isCancelled) await this.follow()
      return this.tell({ ...this.upload, text: this.ending() })
    } catch (error) {
      return this.tell({ state: 'failed', text: error instanceof Refused ? error.message : 'The file cannot be read any more. Choose it again.' })
    }
  }

  async next() {
    this.tell({ ...this.upload, text: this.isPaused ? 'Paused' : 'To the console' })
    while (this.isPaused && !this.isCancelled) await wait(0.2)
    const number = this.upload.next_part
    const bytes = await this.slice(number)
    const headers = { 'Content-Type': 'application/octet-stream', 'X-Part-SHA256': await hash(bytes) }
    this.upload = await this.ask(`${this.upload.url}parts/${number}/`, { method: 'POST', body: bytes, headers })
  }

  async follow() {
    this.tell({ ...this.upload, text: 'To the resource' })
    await wait(1)
    this.upload = await this.ask(this.upload.url)
  }

  ending() {
    const words = { received: this.fields.store ? 'Arrived' : 'Arrived. Open it to see the check, and to send it.', sent: 'Done', cancelled: 'Cancelled' }
    const { state, job } = this.upload
    if (state === 'received' && job?.error) return `${job.error} Open it to go on from here.`
    return words[state] ?? (job?.error || 'Failed')
  }

  toggle() { this.isPaused = !this.isPaused }

  async cancel() {
    this.isCancelled = true
    const headers = { Accept: 'application/json', 'X-CSRFToken': this.token }
    if (this.upload) await fetch(`${this.upload.url}cancel/`, { method: 'POST', headers }).catch(() => null)
    this.tell({ state: 'cancelled', text: 'Cancelled' })
  }
}
