"""`python -m console.simulator --port N --key KEY`."""

from console.simulator.serve import main

main()
