// [data-select-all="name"]: ticks every box of this name on the page, or takes all ticks away.
import { announce, on } from './on.js'

on('click', '[data-select-all]', (button) => {
  const boxes = [...document.querySelectorAll(`input[type="checkbox"][name="${CSS.escape(button.dataset.selectAll)}"]`)]
  const isAll = boxes.every((box) => box.checked)
  boxes.forEach((box) => { box.checked = !isAll })
  announce(isAll ? 'Nothing is selected' : `${boxes.length} selected`)
})
