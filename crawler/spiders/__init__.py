"""Scrapy spiders: one for all sites; a site gets its own file only if it needs code."""
