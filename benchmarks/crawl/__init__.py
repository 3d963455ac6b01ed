"""Pages per second through the crawl process, beside Scrapy with trafilatura and news-please."""
