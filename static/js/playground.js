// The playground's behaviours; other pages do not load them.
import './answers.js'
import './composer.js'
import './panes.js'
import './picker.js'
