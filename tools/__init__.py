"""Programs that make committed data; nothing here is imported by the product."""
