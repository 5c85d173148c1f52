// htmx notes the current path in sessionStorage even when its history cache is off; nothing of ours is kept there.
const NOTE = 'htmx-current-path-for-history'
const forget = () => sessionStorage.removeItem(NOTE)

for (const type of ['htmx:pushedIntoHistory', 'htmx:replacedInHistory', 'htmx:historyRestore', 'htmx:restored', 'htmx:load']) {
  document.addEventListener(type, forget)
}
addEventListener('pagehide', forget)
forget()
