import { on } from './on.js'
import { remember } from './cookie.js'

const root = document.documentElement

on('click', '[data-theme-toggle]', () => {
  const dark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches
  root.dataset.theme = dark ? 'light' : 'dark'
  document.querySelector('meta[name=color-scheme]').content = root.dataset.theme
  remember('theme', root.dataset.theme)
})
