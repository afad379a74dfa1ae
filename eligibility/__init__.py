"""The judgement: facts + knowledge + a date -> Assessment.

No FHIR, no network, no clock, no log may live here; only `knowledge/load.py` reads files.
"""
