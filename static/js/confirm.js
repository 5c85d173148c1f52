// The button of a form sleeps until the text in [data-confirm] is typed; the server checks it again.
import { on, ready } from './on.js'

function weigh(field) {
  const button = field.form?.querySelector('[type=submit]')
  if (button) button.disabled = field.value.trim() !== field.dataset.confirm
}

ready('[data-confirm]', weigh)
on('input', '[data-confirm]', weigh)
