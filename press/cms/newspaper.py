# ruff: noqa: E501 - markup stands in the lines in which content systems print it.
"""The big newspaper: JSON-LD in a @graph, breadcrumbs, boxes in mid-text, a copy button, AMP.

The look of large Hindi dailies: everything is a component with a generated class.
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
from press.dates import english_stamp, iso
from press.page import Page
from press.sites import Site
from press.story import SECTIONS

_CSS: Final = """
:root{--red:#b3001b}*{box-sizing:border-box}body{margin:0;font-family:'Noto Sans Devanagari',sans-serif}
.Header_top__3kX{border-bottom:3px solid var(--red)}.Nav_list__Qz1{display:flex;gap:18px;overflow:auto}
.Article_wrap__b7T{max-width:1200px;margin:auto;display:grid;grid-template-columns:2fr 1fr;gap:24px}
.Article_body__x92 p{font-size:19px;line-height:32px}.AlsoRead_box__0pL{border-left:4px solid var(--red);
padding:8px 14px;background:#fff6f6}.Share_bar__e2C{display:flex;gap:10px}.Promo_app__9dV{background:
#fff3cd;padding:14px;border-radius:8px}.Footer_main__1aa{background:#222;color:#ccc;padding:24px}
.Breadcrumb_list__77k li{display:inline}.Byline_row__t5R{color:#666;font-size:14px}
.Summary_list__k0M li{font-weight:600}.Trending_col__u3W li{border-bottom:1px dashed #ddd}
"""
_JS: Final = """
self.__state={"route":"article","lang":"hi"};function copyLink(){navigator.clipboard&&
navigator.clipboard.writeText(location.href)}window.addEventListener("load",function(){
var s=document.querySelectorAll('[data-lazy]');s.forEach(function(n){n.hidden=false})});
"""


def article(view: View) -> str:
    """Returns the page of an article, or its AMP form."""
    if view.amp:
        return _amp(view)
    page, headline = view.page, esc(view.version.headline)
    section = SECTIONS[page.section]
    by = page.author or page.credit.byline or page.site.name
    crumbs = f"""<nav class="Breadcrumb_list__77k" aria-label="breadcrumb"><ol><li><a href="/">Hindi News</a></li>
<li><a href="/{page.section}/">{section}</a></li><li>{headline}</li></ol></nav>"""
    main = f"""
<main class="Article_wrap__b7T"><div class="Article_left__p0s">
{crumbs}
<article class="Article_main__c4D" data-id="{page.number}">
<h1 class="Article_title__zz3">{headline}</h1>
<div class="Summary_list__k0M">{esc(page.summary)}</div>
<div class="Byline_row__t5R"><span>{esc(by)}</span> <span>Edited By: वेब संपादक</span>
<time datetime="{iso(view.modified_at)}">Updated: {english_stamp(view.modified_at)}</time></div>
<div class="Share_bar__e2C"><button>फेसबुक</button><button>ट्विटर</button><button>व्हाट्सएप</button>
<button onclick="copyLink()">कॉपी लिंक</button></div>
<figure class="Lead_img__o1P"><img src="{esc(image_path(page))}" alt="{headline}">
<figcaption>{esc(page.tags[0])} (फोटो: {esc(page.site.name)})</figcaption></figure>
<div class="Article_body__x92 ArticleBody">
{_body(view)}
</div>
<div class="Promo_app__9dV"><p>हर खबर सबसे पहले पाने के लिए {esc(page.site.name)} का ऐप डाउनलोड करें।</p>
<a href="/app">ऐप डाउनलोड करें</a></div>
<div class="Topic_tags__w8N"><span>टॉपिक</span> {_topics(page)}</div>
</article>
<section class="More_stories__i6G"><h2>और पढ़ें</h2><ul>{items(view.related[2:8], view.now)}</ul></section>
</div>
<aside class="Trending_col__u3W"><h3>ट्रेंडिंग</h3><ul>{items(view.latest[:8], view.now)}</ul>
<h3>आज का राशिफल</h3><p>अपनी राशि चुनें और जानें कैसा रहेगा आज का दिन।</p></aside>
</main>"""
    data = json_ld(
        {"@graph": [_crumb_list(page), news_article(view, body=False), _website(page.site)]}
    )
    head = f"""<title>{headline} - {esc(page.site.name)}</title>
<meta name="description" content="{esc(page.summary)}">
<meta name="news_keywords" content="{esc(",".join(page.tags))}">
<meta property="article:published_time" content="{iso(page.published_at)}">
<meta property="article:modified_time" content="{iso(view.modified_at)}">
<link rel="canonical" href="{esc(page.url)}">
<link rel="amphtml" href="{esc(page.site.home.rstrip("/") + "/amp" + page.path)}">
{open_graph(view)}
{data}"""
    return _shell(page.site, head, main)


def _body(view: View) -> str:
    """The text, with links to topics in it and boxes for other stories between paragraphs."""
    topic = next((tag for tag in view.page.tags if tag in " ".join(view.version.shown[:2])), None)
    linked = False

    def inline(paragraph: str) -> str:
        nonlocal linked
        if topic is None or linked or topic not in paragraph:
            return esc(paragraph)
        linked = True
        before, _, after = paragraph.partition(topic)
        return f'{esc(before)}<a href="/topic/{view.page.section}">{esc(topic)}</a>{esc(after)}'

    made = blocks(view, heading="h2", inline=inline)
    boxes = [
        f'<div class="AlsoRead_box__0pL"><strong>यह भी पढ़ें:</strong> <a href="{esc(other.path)}">'
        f"{esc(other.at(view.now).headline)}</a></div>"
        for other in view.related[:2]
    ]
    for place, box in zip((2, 5), boxes, strict=False):
        made.insert(min(place, len(made)), box)
    return "\n".join(made)


def _topics(page: Page) -> str:
    return " ".join(f'<a href="/topic/{page.section}">{esc(tag)}</a>' for tag in page.tags)


def _crumb_list(page: Page) -> dict[str, object]:
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": 1, "name": "Hindi News", "item": page.site.home},
            {"@type": "ListItem", "position": 2, "name": SECTIONS[page.section],
             "item": f"{page.site.home}{page.section}/"},
        ],
    }  # fmt: skip


def _website(site: Site) -> dict[str, object]:
    return {"@type": "WebSite", "url": site.home, "name": site.name}


def _amp(view: View) -> str:
    page, headline = view.page, esc(view.version.headline)
    return f"""<!doctype html>
<html amp lang="hi">
<head><meta charset="utf-8"><title>{headline}</title>
<link rel="canonical" href="{esc(page.url)}">
<meta name="viewport" content="width=device-width,minimum-scale=1">
<script async src="https://cdn.ampproject.org/v0.js"></script>
{json_ld(news_article(view, body=False))}
<style amp-custom>body{{font-family:sans-serif}}</style></head>
<body><header><a href="/">{esc(page.site.name)}</a></header>
<article><h1>{headline}</h1><p class="date">{english_stamp(view.modified_at)}</p>
<amp-img src="{esc(image_path(page))}" width="600" height="338" layout="responsive"></amp-img>
<div class="ArticleBody">{chr(10).join(blocks(view, heading="h2"))}</div>
<div class="more"><a href="{esc(page.url)}">पूरी खबर पढ़ें</a></div></article></body>
</html>
"""


def listing(view: ListView) -> str:
    """Returns the home page or a section."""
    title = SECTIONS[view.section] if view.section else f"{view.site.name}: हिंदी समाचार"
    main = f"""<main><h1>{esc(title)}</h1><ul class="Listing_col__q2B">
{items(view.pages[:40], view.now)}</ul></main>"""
    return _shell(view.site, f"<title>{esc(title)}</title>", main)


def _shell(site: Site, head: str, main: str) -> str:
    return f"""<!DOCTYPE html>
<html lang="hi">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, maximum-scale=5">
{head}
<link rel="alternate" type="application/atom+xml" href="/feed/latest.atom">
<link rel="alternate" type="application/atom+xml" title="AMP" href="/feed/amp.atom">
<style>{_CSS}</style>
</head>
<body>
<div id="__root"><header class="Header_top__3kX"><a href="/" class="Logo_a__8Uu">{esc(site.name)}</a>
<a href="/epaper">ई-पेपर</a> <a href="/app">ऐप में पढ़ें</a>
<nav><ul class="Nav_list__Qz1"><li><a href="/">होम</a></li>
{menu('<li><a href="{url}">{title}</a></li>')}<li><a href="/video">वीडियो</a></li>
<li><a href="/epaper">ई-पेपर</a></li></ul></nav></header>
{main}
<footer class="Footer_main__1aa"><p>Copyright &copy; {esc(site.latin)}. All Rights Reserved.</p>
<ul><li><a href="/advertise">विज्ञापन दें</a></li><li><a href="/grievance">शिकायत निवारण</a></li>
<li><a href="/privacy">गोपनीयता नीति</a></li></ul><p>हमें फॉलो करें: फेसबुक | ट्विटर | यूट्यूब</p></footer></div>
<script>{_JS}</script>
</body>
</html>
"""
