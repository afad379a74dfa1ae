"""The knowledge base as one CQL library: the same logic, for engines other than ours. See `library.cql_library`."""
