# ruff: noqa: E501 - markup stands in the lines in which content systems print it.
"""The TV channel: JSON-LD with articleBody, photo captions, "watch the video", live counters.

Its chrome may change with every minute (ticker, number of readers) while the article does not.
"""

from __future__ import annotations

from collections.abc import Sequence
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
from press.dates import english_stamp, iso
from press.page import Page
from press.sites import Site
from press.story import SECTIONS

_CSS: Final = """
body{margin:0;background:#eee;font-family:Poppins,'Noto Sans Devanagari',sans-serif}.tick{background:
#d50000;color:#fff;white-space:nowrap;overflow:hidden}.livetv{background:#ff0;color:#000;padding:4px 8px}
.main-nav a{color:#111;margin-right:14px}.article-left{width:66%;float:left;background:#fff;padding:20px}
.right-rail{width:31%;float:right}.ArticleBodyCont p{font-size:18px;line-height:1.75}.sharethis{float:right}
.videoembed{background:#000;color:#fff;padding:40px;text-align:center}.short_summary{background:#f7f7f7;
border-left:5px solid #d50000;padding:12px}.clearfix{clear:both}.footer-ch{background:#000;color:#999}
"""
_JS: Final = """
var utag_data={page_type:'article'};setInterval(function(){var e=document.querySelector('.reads b');
if(e){e.textContent=parseInt(e.textContent,10)+1}},9000);function playVideo(){return false}
"""


def article(view: View) -> str:
    """Returns the page of an article."""
    page, headline = view.page, esc(view.version.headline)
    section = SECTIONS[page.section]
    ticker = " | ".join(esc(p.at(view.now).headline) for p in _tickered(view))
    made = blocks(view, heading="h2")
    video = f"""<div class="videoembed"><a href="/videos/{page.number}" onclick="return playVideo()">देखें वीडियो</a></div>"""
    also = "".join(
        f'<p class="also-link"><b>ये भी देखें:</b> <a href="{esc(p.path)}">'
        f"{esc(p.at(view.now).headline)}</a></p>"
        for p in view.related[:1]
    )
    main = f"""
<div class="tick"><span>ब्रेकिंग न्यूज</span> {ticker}</div>
<div class="article-left">
<div class="brcum"><a href="/">Hindi News</a> &gt; <a href="/{page.section}">{section}</a> &gt; <span>{headline}</span></div>
<h1 class="article-HD">{headline}</h1>
<div class="short_summary"><p>{esc(page.summary)}</p></div>
<div class="author-box"><span class="authorName">{esc(page.author or page.credit.byline or page.site.name)}</span>
| <span class="pub-date">Updated on: {english_stamp(view.modified_at)}</span>
<span class="reads"><b>{view.noise}</b> लोगों ने पढ़ा</span>
<span class="sharethis"><a href="#">शेयर करें</a></span></div>
<figure class="articleImg"><img src="{esc(image_path(page))}" alt="{headline}">
<figcaption>{esc(page.tags[0])} | Photo Credit: {esc(page.site.name)}</figcaption></figure>
<div class="ArticleBodyCont">
{chr(10).join(made[:2])}
{video}
{chr(10).join(made[2:-1] if len(made) > 3 else made[2:])}
{also if len(made) > 3 else ""}
{made[-1] if len(made) > 3 else ""}
</div>
<div class="follow"><p>देश-दुनिया की हर बड़ी खबर के लिए हमारे व्हाट्सएप चैनल से जुड़ें।</p></div>
<div class="tags-ch">{" ".join(f'<a href="/topic/{page.section}">{esc(t)}</a>' for t in page.tags)}</div>
</div>
<div class="right-rail"><h3>टॉप वीडियो</h3><ul>{items(view.related[1:6], view.now)}</ul>
<div class="live"><a class="livetv" href="/live-tv">LIVE TV देखें</a></div></div><div class="clearfix"></div>"""
    head = f"""<title>{headline}</title>
<meta name="description" content="{esc(page.summary)}">
<meta name="keywords" content="{esc(", ".join(page.tags))}">
<link rel="canonical" href="{esc(page.url)}">
<meta property="article:published_time" content="{iso(page.published_at)}">
{open_graph(view)}
{json_ld(news_article(view, body=True))}
{json_ld({"@type": "Organization", "name": page.site.name, "url": page.site.home})}"""
    return _shell(page.site, head, main, page.language)


def _tickered(view: View) -> Sequence[Page]:
    """What runs over the page: the newest where the chrome changes, else what does not change."""
    if view.page.special == "chrome":
        start = view.noise % max(1, len(view.latest))
        return [*view.latest[start:], *view.latest[:start]][:4]
    return view.related[6:9]


def listing(view: ListView) -> str:
    """Returns the home page or a section."""
    title = SECTIONS[view.section] if view.section else view.site.name
    main = f"""<div class="article-left"><h1>{esc(title)}</h1><ul class="list">
{items(view.pages[:40], view.now)}</ul></div><div class="clearfix"></div>"""
    return _shell(view.site, f"<title>{esc(title)}</title>", main, "hi")


def _shell(site: Site, head: str, main: str, language: str) -> str:
    return f"""<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
{head}
<style>{_CSS}</style>
</head>
<body class="hindi article">
<header><a class="logo" href="/">{esc(site.name)}</a> <a class="livetv" href="/live-tv">LIVE TV</a>
<nav class="main-nav"><a href="/">होम</a>{menu('<a href="{url}">{title}</a>', "/{key}")}
<a href="/videos">वीडियो</a><a href="/photos">फोटो</a></nav></header>
{main}
<footer class="footer-ch"><p>&copy; {esc(site.latin)} Broadcasting. सभी अधिकार सुरक्षित।</p>
<p><a href="/about">हमारे बारे में</a> | <a href="/careers">करियर</a> | <a href="/contact">संपर्क</a></p></footer>
<script>{_JS}</script>
</body>
</html>
"""
