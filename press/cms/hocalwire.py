# ruff: noqa: E501 - markup stands in the lines in which content systems print it.
"""A hosted CMS in the manner of Hocalwire: an "Update: ... GMT" line, "Tags:", "Similar News".

Half of its pages have JSON-LD. A stray end of a comment is left behind by the template.
"""

from __future__ import annotations

from typing import Final

from press.cms.common import (
    ListView,
    View,
    blocks,
    esc,
    image_path,
    items,
    json_ld,
    menu,
    news_article,
    open_graph,
)
from press.dates import gmt_minute
from press.sites import Site
from press.story import SECTIONS

_CSS: Final = """
body{font-family:'Hind','Noto Sans Devanagari',Arial;margin:0;color:#222}#head-menu{background:#0b3d63}
#head-menu a{color:#fff;padding:10px 14px;display:inline-block}.details-page{width:68%;float:left}
.details-content-right{width:30%;float:right}.story_title{font-size:30px;line-height:1.3}
.author-on{color:#666;font-size:13px}.story-content{font-size:18px;line-height:1.8}
.tags-wrapper a{border:1px solid #ccc;padding:2px 8px;margin:4px}.similar-news li{margin:8px 0}
.hide-img{display:none}.footer-bar{clear:both;background:#111;color:#aaa;padding:20px}
.ads-box{min-height:250px;background:#fafafa;text-align:center}
"""
_JS: Final = """
var pageConfig={lang:'hi',type:'article'};function shareOn(n){window.open('https://share.invalid/'+n)}
(function(){var t=document.querySelectorAll('.lazyload');for(var i=0;i<t.length;i++){
t[i].src=t[i].getAttribute('data-src')}})();
"""


def article(view: View) -> str:
    """Returns the page of an article."""
    page, headline = view.page, esc(view.version.headline)
    section = SECTIONS[page.section]
    ld = json_ld(news_article(view, body=False)) if page.has_json_ld else ""
    by = page.author or page.credit.byline or page.site.name
    tags = "".join(f'<a href="/tags/{page.section}">{esc(tag)}</a> ' for tag in page.tags)
    main = f"""
<div class="container"><div class="breadcrumb"><a href="/">होम</a> / <a href="/{page.section}">{section}</a></div>
<div class="details-page" id="content_{page.number}">
<h1 class="story_title">{headline}</h1>
<h2 class="story-desc">{esc(page.summary)}</h2>
<div class="author-on"><span class="author-name">By - <a href="/authors/desk">{esc(by)}</a></span>
<span class="convert-to-localtime">Update: {gmt_minute(view.modified_at)}</span></div>
<div class="social-share"><a onclick="shareOn('f')">शेयर</a><a onclick="shareOn('w')">व्हाट्सएप</a></div>
<div class="image-wrap"><img class="lazyload" data-src="{esc(image_path(page))}" alt="">
<span class="hide-img">-->{chr(10)}</span></div>
<div class="story-content entry-main-content">
<div class="ads-box" id="inside_post_content_ad_1_before"></div>
{_with_ad(blocks(view, heading="h4"))}
</div>
<div class="tags-wrapper"><span class="tags-title">Tags:&nbsp;&nbsp;&nbsp;&nbsp;</span>{tags}</div>
<div class="similar-news"><h4 class="title">Similar News</h4><ul>{items(view.related[:5], view.now)}</ul></div>
</div>
<div class="details-content-right"><div class="widget"><h4>बड़ी खबरें</h4><ul>
{items(view.related[5:10], view.now)}</ul></div><div class="ads-box"></div></div></div>
-->"""
    head = f"""<title>{headline} | {esc(page.site.name)}</title>
<meta name="description" content="{esc(page.summary)}">
<meta name="keywords" content="{esc(", ".join(page.tags))}">
<link rel="canonical" href="{esc(page.url)}">
{open_graph(view)}
{ld}"""
    return _shell(page.site, head, main)


def _with_ad(made: list[str]) -> str:
    """Puts an advertisement after the second paragraph, as the CMS does."""
    ad = '<div class="ads-box" id="inside_post_content_ad_2"><span class="ad-label">विज्ञापन</span></div>'
    return "\n".join([*made[:2], ad, *made[2:]])


def listing(view: ListView) -> str:
    """Returns the home page or a section."""
    title = SECTIONS[view.section] if view.section else view.site.name
    main = f"""<div class="container"><h1>{esc(title)}</h1><ul class="listing">
{items(view.pages[:40], view.now)}</ul></div>"""
    return _shell(view.site, f"<title>{esc(title)}</title>", main)


def _shell(site: Site, head: str, main: str) -> str:
    return f"""<!DOCTYPE html>
<html lang="hi">
<head>
<meta http-equiv="Content-Type" content="text/html; charset=utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
{head}
<link rel="alternate" type="application/rss+xml" href="/feeds.xml">
<link rel="alternate" type="application/rss+xml" href="/utf16.xml">
<style>{_CSS}</style>
</head>
<body class="body-container">
<header><div class="logo"><a href="/">{esc(site.name)}</a></div>
<nav id="head-menu"><a href="/">होम</a>{menu('<a href="{url}">{title}</a>', "/{key}")}
<a href="/web-stories">वेब स्टोरी</a></nav></header>
{main}
<footer class="footer-bar"><p>&copy; {esc(site.latin)}. सर्वाधिकार सुरक्षित।</p>
<a href="/about-us">About Us</a> <a href="/terms-conditions">Terms &amp; Conditions</a>
<span class="powered">Powered by a hosted newsroom</span></footer>
<script>{_JS}</script>
</body>
</html>
"""
