"""The synthetic patients of the practice EHR, told in Python and written as FHIR R4 Bundles."""
