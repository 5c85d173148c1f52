// A request of htmx that failed is told in one sentence, and the page stays as it was.
import { toast } from './toasts.js'

const SENTENCES = {
  400: 'The console could not read this request. Reload the page and try again.',
  401: 'You are signed out. Reload the page to sign in again.',
  403: 'You may not do this, or you have been signed out. Reload the page to find out.',
  404: 'This is not there any more. Reload the page to see what is.',
  409: 'Someone else changed this in the meantime. Reload the page to see their version.',
  413: 'That is larger than the console accepts.',
  429: 'Too many requests. Wait a moment, then try again.',
  503: 'The console is busy or being restarted. Try again in a moment.',
}

function told(response) {
  const page = new DOMParser().parseFromString(response.responseText, 'text/html')
  const error = page.querySelector('[data-error-kind]')
  const title = error?.querySelector('[data-error-title]')?.textContent.trim()
  const sentence = error?.querySelector('[data-error-message], [data-error-title] ~ p')?.textContent.trim()
  return title && [title, sentence].filter(Boolean).join('. ')
}

// What was still to come to a part of the page is told in its place; what is shown already stays.
document.addEventListener('htmx:beforeSwap', (event) => {
  const { xhr, target, isError } = event.detail
  if (!isError || target.getAttribute('aria-busy') !== 'true') return
  const page = new DOMParser().parseFromString(xhr.responseText, 'text/html')
  if (!page.body.firstElementChild?.matches('[data-error-kind]')) return
  event.detail.shouldSwap = true
  event.detail.isError = false
})

document.addEventListener('htmx:responseError', (event) => {
  const response = event.detail.xhr
  toast(told(response) ?? SENTENCES[response.status] ?? 'The console broke on this request. Try again.', 'bad')
})

document.addEventListener('htmx:sendError', () => toast('The console does not answer. Check your network and try again.', 'bad'))
document.addEventListener('htmx:timeout', () => toast('The console took too long to answer. Try again.', 'bad'))
