// The playground's behaviours; other pages do not load them.
import './answers.js'
import './composer.js'
import './pane-settings.js'
import './pane-tabs.js'
import './panes.js'
import './picker.js'
