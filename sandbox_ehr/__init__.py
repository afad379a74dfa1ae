"""A small practice EHR with synthetic patients, for demonstrations and tests; it shares no code with the product.

What the product gets wrong must show here, so nothing is imported from it: FHIR search, CDS Hooks requests
and the drawing of cards are written a second time, from the published specifications.
"""
