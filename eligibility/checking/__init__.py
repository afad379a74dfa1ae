"""Checks the whole knowledge base for what loading alone does not find: dead rules, untrue examples, loose ends."""
