"""How politely, and how fast: the Scrapy settings.

Here belongs what holds for every site and every deployment. What differs by site is in
`seeds/sources.yaml`, what differs by run (user agent, host map, overrides) in the plan.
"""

from __future__ import annotations

from importlib.metadata import version
from typing import Any, Final

PRODUCT: Final = "Taar"
"""The name that robots.txt rules for us go by."""

VERSION: Final = version("taar")

BOT_NAME = "taar"
SPIDER_MODULES = ["crawler.spiders"]
NEWSPIDER_MODULE = "crawler.spiders"

# --- Who we are, and what we may -----------------------------------------------------------------
USER_AGENT = f"{PRODUCT}/{VERSION}"
ROBOTSTXT_OBEY = True
ROBOTSTXT_USER_AGENT = PRODUCT
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.5",
    "Accept-Language": "hi,en;q=0.5",
}
COOKIES_ENABLED = False
REFERRER_POLICY = "no-referrer"

# --- How often -----------------------------------------------------------------------------------
# A floor: `crawler.manners.courtesy` raises it to a robots.txt Crawl-delay and for servers that are
# slow, and sets the slot so that jitter only ever adds to it. AutoThrottle is not used: it knows
# one floor for all hosts and would bring a Crawl-delay back down to it.
DOWNLOAD_DELAY = 2.0
DOWNLOAD_DELAY_JITTER = 0.2
AUTOTHROTTLE_ENABLED = False
# Hosts bound it, one request each (`crawler.manners.hostqueue`); this is only the last resort.
CONCURRENT_REQUESTS = 256
CONCURRENT_REQUESTS_PER_DOMAIN = 1
MAX_PAGES_PER_SOURCE = 300
"""Ours: most pages that one run asks one source for."""

# --- How much ------------------------------------------------------------------------------------
DOWNLOAD_TIMEOUT = 30
DOWNLOAD_MAXSIZE = 5 * 1024 * 1024
DOWNLOAD_WARNSIZE = 0
FEED_MAXSIZE = 10 * 1024 * 1024
"""Ours: size limit of feeds and sitemaps, bytes."""

# --- Failures ------------------------------------------------------------------------------------
# One more try within the run; later ones are the outcome's (`lake.outcomes`).
RETRY_TIMES = 1
RETRY_HTTP_CODES = [408, 429, 500, 502, 503, 504, 522, 524]
RETRY_GIVE_UP_LOG_LEVEL = "DEBUG"
REDIRECT_MAX_TIMES = 5
# A <meta refresh> on a news page reloads that page; it leads nowhere.
METAREFRESH_ENABLED = False
# Nothing may vanish on the way: duplicates and long URLs are the ledger's to judge.
DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"
URLLENGTH_LIMIT = 0

# --- Where to ------------------------------------------------------------------------------------
TWISTED_DNS_RESOLVER = "crawler.manners.resolver.GuardedResolver"
HOST_MAP: dict[str, dict[str, str]] = {}
"""Ours: the plan's host map."""
DOWNLOAD_VERIFY_CERTIFICATES = True
REACTOR_THREADPOOL_MAXSIZE = 20
# A proxy would resolve names itself, past the guard.
HTTPPROXY_ENABLED = False
DOWNLOAD_HANDLERS: dict[str, Any] = {
    "http": "crawler.downloads.PoliteHandler",
    "https": "crawler.downloads.PoliteHandler",
    "data": None,
    "file": None,
    "ftp": None,
    "s3": None,
}

# --- Order ---------------------------------------------------------------------------------------
SCHEDULER_PRIORITY_QUEUE = "crawler.manners.hostqueue.HostQueue"
SCHEDULER_MEMORY_QUEUE = "scrapy.squeues.FifoMemoryQueue"

# --- Parts ---------------------------------------------------------------------------------------
# Scrapy's own lists are replaced, not overridden: what they name is loaded even where it is
# switched off, the remote control with a web framework. What is not named here does not run.
EXTENSIONS_BASE: dict[str, Any] = {}
EXTENSIONS: dict[str, Any] = {
    "crawler.manners.courtesy.Courtesy": 0,
    "crawler.capture.Capture": 0,
    "crawler.manners.rights.Reservations": 0,
    "crawler.manners.waiting.Waiting": 0,
}
DOWNLOADER_MIDDLEWARES_BASE: dict[str, Any] = {}
DOWNLOADER_MIDDLEWARES: dict[str, Any] = {
    # Before robots.txt, so that a site we may not go to is not even asked for it.
    "crawler.manners.middlewares.SiteGuard": 60,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": 100,
    # Behind robots.txt, which it reads.
    "crawler.manners.rights.RightsGuard": 110,
    "crawler.manners.tdmrep.TdmGuard": 111,
    # Behind those that ask the host for something themselves, and may be told to wait.
    "crawler.manners.middlewares.HoldGuard": 120,
    "scrapy.downloadermiddlewares.downloadtimeout.DownloadTimeoutMiddleware": 350,
    "scrapy.downloadermiddlewares.defaultheaders.DefaultHeadersMiddleware": 400,
    "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware": 500,
    # Engine side of retry: it sees what is left of a robots.txt after the second try.
    "crawler.manners.middlewares.RobotsAnswers": 545,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": 550,
    # Downloader side of retry: they decide whether trying again makes sense.
    "crawler.manners.middlewares.RetryAfter": 555,
    "crawler.manners.middlewares.AddressGuard": 560,
    "crawler.unpacking.Unpacking": 590,
    "crawler.manners.redirects.Redirects": 600,
}
SPIDER_MIDDLEWARES_BASE: dict[str, Any] = {}
SPIDER_MIDDLEWARES: dict[str, Any] = {
    # The others would cost every request a turn of an asynchronous generator, and change nothing:
    # all answers are wanted, no depth is bounded, no meta of a response is passed on. Scrapy's
    # redirects ask for this one.
    "scrapy.spidermiddlewares.referer.RefererMiddleware": 700,
}
# Counted in the records, by outcome.
DOWNLOADER_STATS = False

# --- Tuning: measured, 61 KB pages, from 717 to 1,377 pages a second and process -----------------
CONCURRENT_ITEMS = 4
WARN_ON_GENERATOR_RETURN_VALUE = False

# --- Quiet ---------------------------------------------------------------------------------------
LOG_LEVEL = "WARNING"
LOGSTATS_INTERVAL = 0
STATS_DUMP = False
TELNETCONSOLE_ENABLED = False
# On by default, it runs code inside the crawl for whoever reaches its port.
REMOTE_CONTROL_ENABLED = False
MEMUSAGE_ENABLED = False
