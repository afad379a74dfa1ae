"""One reader per shape of resource: raw resources of one patient in, findings out."""
