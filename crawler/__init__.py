"""The only Scrapy: from a source to articles."""
