"""Face one: the CDS Hooks service. Discovery, hook calls and cards; judgement and mapping live elsewhere."""
