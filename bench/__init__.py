"""What a hook call costs, measured against parsing its JSON: `make bench`. Timing lives here, never in a test."""
