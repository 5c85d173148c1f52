import { on } from './on.js'
import { remember } from './cookie.js'

on('click', '[data-nav-toggle]', (button) => {
  const wide = button.closest('.sidebar').offsetWidth > 128
  document.documentElement.dataset.nav = wide ? 'rail' : 'wide'
  remember('nav', document.documentElement.dataset.nav)
})
