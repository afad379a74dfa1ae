"""Report text in, statements out: radiology and pathology narrative, read with our own patterns (ER-25).

`read_report` reads one report; `plain` makes text of what a report arrives in.
"""

from fhir_mappings.report_text.reading import read_report

__all__ = ["read_report"]
