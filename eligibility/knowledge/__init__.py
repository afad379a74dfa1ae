"""The medicine, as reviewed data: options, gates, facts, sources. `model` gives it shape, `load` reads and checks it."""
