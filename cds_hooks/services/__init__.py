"""One module per hook service; each declares its hook, id, prefetch and answer in one object."""
