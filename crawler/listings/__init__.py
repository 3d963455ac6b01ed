"""What a site lists: feeds, sitemaps and section pages, read and polled."""
