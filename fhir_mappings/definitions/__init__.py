"""The knowledge base as FHIR R4 definitions to hand on: see `package.fhir_package`."""
