"""What those who review the rules do with them: check, sign, compare, print, hand on; one module a command."""
