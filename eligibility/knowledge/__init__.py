"""The medicine, as reviewed data: options, gates, facts, sources. `load` reads and checks it, `model` is its form."""
