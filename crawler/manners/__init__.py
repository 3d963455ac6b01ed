"""How a crawl behaves: who may be asked, when, in which order, and what is reserved."""
