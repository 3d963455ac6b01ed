"""The parts of a run, as plain functions: what `flows.pipeline` puts in their order.

Here belongs what a run does to articles and rows. Not here: Prefect, commands, and what is done by
hand to a lake (`flows.repair`).

A run of collect goes through `choose`, `recovery`, `planning` (with `rechecks` and `known`) and
`carry_out`: that is `supervise` for the crawl, `records`, `assemble` (with `taken`, `settle`,
`feed_state`, `source_counts` and `older_extractor`), `publish` (with `labels` and `forgotten`); at
last `summarise`. `linking` and `frequencies` are of link and maintain, `rows` is the form of all.
"""
