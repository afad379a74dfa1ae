"""FHIR R4 in, facts out: what arrives is screened, identified, read and turned into findings. No network, no clock."""
