"""The rule book: the whole knowledge base as pages to browse and print, generated and never edited by hand."""
