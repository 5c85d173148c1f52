// <comparison-panes data-stream="…">: one stream brings all panes. What a model says is appended as text, never as HTML;
// once an answer has ended, the server's rendering of it takes its place.
import { announce } from './on.js'

const KINDS = ['text', 'reasoning', 'tool', 'notice']
const NEAR_END = 48 // pixels
const MARGIN = 48 // pixels

class ComparisonPanes extends HTMLElement {
  connectedCallback() {
    for (const body of this.querySelectorAll('.pane-body')) body.scrollTop = body.scrollHeight
    if (!this.dataset.stream) return
    this.source = new EventSource(this.dataset.stream)
    this.source.addEventListener('delta', (event) => this.append(JSON.parse(event.data)))
    this.source.addEventListener('started', (event) => this.start(JSON.parse(event.data)))
    this.source.addEventListener('answer', (event) => this.end(JSON.parse(event.data)))
    this.source.addEventListener('done', () => this.close())
    this.source.addEventListener('ended', () => this.close())
  }

  disconnectedCallback() {
    this.source?.close()
  }

  answer(id) {
    return document.getElementById(`answer-${id}`)
  }

  start({ answer, ttft_ms: milliseconds }) {
    const place = this.answer(answer)?.closest('.pane').querySelector('[data-metric=ttft]')
    if (!place) return
    const digits = milliseconds < 10000 ? 2 : 1
    place.textContent = milliseconds < 1000 ? `${milliseconds}\u202fms` : `${(milliseconds / 1000).toFixed(digits)}\u202fs`
  }

  append({ answer, kind, text }) {
    const article = this.answer(answer)
    const place = KINDS.includes(kind) ? article?.querySelector(`[data-kind="${kind}"]`) : null
    if (!place) return
    const body = article.closest('.pane-body')
    const follows = body.scrollHeight - body.scrollTop - body.clientHeight < NEAR_END
    if (kind === 'notice') place.append(Object.assign(document.createElement('p'), { textContent: text }))
    else if (place.lastChild) place.lastChild.appendData(text)
    else place.append(text)
    place.closest('[hidden]')?.removeAttribute('hidden')
    if (follows) body.scrollTop = body.scrollHeight
  }

  async end({ answer, state, error_kind: kind }) {
    const article = this.answer(answer)
    if (!article) return
    article.dataset.state = state
    if (kind) article.dataset.errorKind = kind
    const pane = article.closest('.pane')
    const body = article.closest('.pane-body')
    pane.dataset.state = state
    body.setAttribute('aria-busy', 'false')
    document.querySelector(`[data-pane-tab="${pane.dataset.pane}"] [data-live]`)?.remove()
    announce(`${pane.getAttribute('aria-label')}: ${state}.`)
    const follows = body.scrollHeight - body.scrollTop - body.clientHeight < NEAR_END
    await window.htmx.ajax('GET', article.dataset.url, { source: article, target: article, swap: 'outerHTML' })
    const shown = this.answer(answer)
    if (kind && shown) body.scrollTop = shown.offsetTop - body.offsetTop - MARGIN
    else if (follows) body.scrollTop = body.scrollHeight
  }

  close() {
    this.source.close()
    delete this.dataset.stream
    document.getElementById('stop-all')?.setAttribute('hidden', '') // people who only read have none
  }
}

customElements.define('comparison-panes', ComparisonPanes)

// A page that was left keeps no line open; one that comes back asks the server how things stand.
addEventListener('pageshow', (event) => { if (event.persisted) location.reload() })
