# ruff: noqa: E501 - markup stands in the lines in which content systems print it.
"""Two looks written before their author had seen the extractor: they judge, nobody tunes to them.

`blogger` is the kind of page that a small town's paper has on Blogspot: text in one element,
lines parted by ``<br>``, labels, widgets. `nextnews` is a single-page application rendered on the
server: utility classes, no JSON-LD for the article, state as a script, cards between paragraphs.
Where the extractor fails here, a general rule may follow; the looks themselves stay as they are.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Final

from tests.crawler.extract.goldmaker.piece import GoldPage, Piece, esc

_EN_MONTHS: Final = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_HI_MONTHS: Final = [
    "जनवरी",
    "फरवरी",
    "मार्च",
    "अप्रैल",
    "मई",
    "जून",
    "जुलाई",
    "अगस्त",
    "सितंबर",
    "अक्टूबर",
    "नवंबर",
    "दिसंबर",
]


def blogger(piece: Piece, number: int) -> GoldPage:
    """Blogspot: one ``post-body``, ``<br>`` for paragraphs, widgets on the side."""
    host = "purvanchalsamvad.blogspot.example"
    url = f"https://{host}/{piece.at:%Y/%m}/{piece.slug}.html"
    image = f"https://1.bp.blogspot.example/-xY{piece.id}/s640/lead.jpg"
    breaks = "<br /><br />" if number % 2 else "<br />\n<br />\n"
    lines = [
        f"<b>{esc(part.text)}</b>"
        if part.kind == "h"
        else f'<span style="font-size: large;">{esc(part.text)}</span>'
        for part in piece.parts
    ]
    lines[0] = f"<b>{esc(piece.place)}।</b> " + lines[0]
    body = breaks.join(lines)
    labels = " ".join(
        f'<a href="https://{host}/search/label/{esc(tag)}" rel="tag">{esc(tag)}</a>'
        for tag in piece.tags
    )
    popular = "".join(
        f'<li><div class="item-content"><div class="item-title"><a href="/2024/06/p{i}.html">{esc(link)}</a></div>'
        f'<div class="item-snippet">{esc(link)} पूरी खबर पढ़ने के लिए शीर्षक पर क्लिक कीजिए...</div></div><div style="clear: both;"></div></li>'
        for i, link in enumerate(piece.links[:5])
    )
    archive = "".join(
        f'<li><a href="https://{host}/2024/{m:02d}/">{_EN_MONTHS[m - 1]} ({m * 7})</a></li>'
        for m in range(6, 0, -1)
    )
    stamp = f"{_EN_MONTHS[piece.at.month - 1]} {piece.at:%d, %Y}"
    html = f"""<!DOCTYPE html>
<html class='v2' dir='ltr' lang='hi' xmlns='http://www.w3.org/1999/xhtml' xmlns:b='http://www.google.com/2005/gml/b'>
<head>
<meta content='width=1100' name='viewport'/>
<meta content='text/html; charset=UTF-8' http-equiv='Content-Type'/>
<meta content='blogger' name='generator'/>
<link href='{url}' rel='canonical'/>
<link rel="alternate" type="application/atom+xml" title="पूर्वांचल संवाद - Atom" href="https://{host}/feeds/posts/default" />
<meta content='{esc(piece.summary)}' property='og:description'/>
<meta content='{url}' property='og:url'/>
<meta content='{esc(piece.headline)}' property='og:title'/>
<meta content='{image}' property='og:image'/>
<title>पूर्वांचल संवाद: {esc(piece.headline)}</title>
<style id='page-skin-1' type='text/css'><!--
body {{ font: normal normal 12px Arial; color: #222; background: #fff url(none) repeat scroll top left; }}
.post-body {{ font-size: 110%; line-height: 1.4; position: relative; }} .post-footer {{ border-top: 1px solid #eee }}
--></style>
</head>
<body class='loading variant-pale'>
<div class='navbar section' id='navbar'><div class='widget Navbar' data-version='1'><script type="text/javascript">function setAttributeOnload(object, attribute, val) {{ if(window.addEventListener) {{ }} }}</script></div></div>
<div class='body-fauxcolumns'></div>
<div class='content'><div class='content-outer'>
<header><div class='header-outer'><div class='Header' id='Header1'><h1 class='title'><a href='https://{host}/'>पूर्वांचल संवाद</a></h1><p class='description'><span>पूर्वांचल की हर खबर, सबसे पहले आप तक</span></p></div></div></header>
<div class='tabs-outer'><div class='widget PageList'><ul><li><a href='/'>मुख्य पृष्ठ</a></li><li><a href='/p/about.html'>हमारे बारे में</a></li><li><a href='/p/contact.html'>संपर्क करें</a></li></ul></div></div>
<div class='main-outer'><div class='columns'><div class='column-center-outer'><div class='main section' id='main'><div class='widget Blog' id='Blog1'>
<div class='blog-posts hfeed'>
<div class="date-outer"><h2 class='date-header'><span>{piece.at:%A}, {stamp}</span></h2>
<div class="date-posts"><div class='post-outer'>
<div class='post hentry uncustomized-post-template' itemprop='blogPost' itemscope='itemscope' itemtype='http://schema.org/BlogPosting'>
<meta content='{image}' itemprop='image_url'/><meta content='8812{piece.id}' itemprop='blogId'/><meta content='55{piece.id}' itemprop='postId'/>
<a name='55{piece.id}'></a>
<h3 class='post-title entry-title' itemprop='name'>
{esc(piece.headline)}
</h3>
<div class='post-header'><div class='post-header-line-1'></div></div>
<div class='post-body entry-content' id='post-body-55{piece.id}' itemprop='description articleBody'>
<div class="separator" style="clear: both; text-align: center;"><a href="{image}" imageanchor="1" style="margin-left: 1em; margin-right: 1em;"><img border="0" data-original-height="720" data-original-width="1280" src="{image}" width="640" /></a></div>
<br />
<div style="text-align: justify;">
{body}</div>
<div style="text-align: justify;"><br /></div>
<div style='clear: both;'></div>
</div>
<div class='post-footer'>
<div class='post-footer-line post-footer-line-1'>
<span class='post-author vcard'>Posted by <span class='fn' itemprop='author' itemscope='itemscope' itemtype='http://schema.org/Person'><a class='g-profile' href='https://www.blogger.example/profile/09' rel='author' title='author profile'><span itemprop='name'>{esc(piece.author)}</span></a></span></span>
<span class='post-timestamp'>at <meta content='{url}' itemprop='url'/><a class='timestamp-link' href='{url}' rel='bookmark' title='permanent link'><abbr class='published' itemprop='datePublished' title='{piece.at.isoformat()}'>{piece.at:%B %d, %Y}</abbr></a></span>
<span class='post-comment-link'></span>
<div class='post-share-buttons goog-inline-block'><a class='goog-inline-block share-button sb-email' href='#' title='Email This'><span class='share-button-link-text'>Email This</span></a><a class='goog-inline-block share-button sb-blog' href='#'><span class='share-button-link-text'>BlogThis!</span></a><a class='goog-inline-block share-button sb-twitter' href='#'><span class='share-button-link-text'>Share to Twitter</span></a></div>
</div>
<div class='post-footer-line post-footer-line-2'><span class='post-labels'>Labels: {labels}</span></div>
</div></div>
<div class='comments' id='comments'><a name='comments'></a><h4>2 comments:</h4>
<div id='Blog1_comments-block-wrapper'><dl class='avatar-comment-indent' id='comments-block'>
<dt class='comment-author ' id='c1'><a href='#'>रामआसरे यादव</a><span>said...</span></dt><dd class='comment-body'><p>बहुत ही बढ़िया जानकारी दी है आपने, इस तरह की खबरें और भी लाते रहिए। हमारे इलाके की सड़क पर भी एक खबर बनाइए।</p></dd><dd class='comment-footer'><span class='comment-timestamp'><a href='#'>July 1, 2024 at 9:12 AM</a></span></dd>
<dt class='comment-author ' id='c2'><a href='#'>Unknown</a><span>said...</span></dt><dd class='comment-body'><p>Nice post sir. मेरा भी ब्लॉग एक बार जरूर देखें और अपनी राय दें।</p></dd></dl></div>
<p class='comment-footer'><a href='#' onclick=''>Post a Comment</a></p></div>
<div class='blog-pager' id='blog-pager'><span id='blog-pager-newer-link'><a class='blog-pager-newer-link' href='/2024/07/n.html' title='Newer Post'>Newer Post</a></span><span id='blog-pager-older-link'><a class='blog-pager-older-link' href='/2024/06/o.html' title='Older Post'>Older Post</a></span><a class='home-link' href='https://{host}/'>Home</a></div>
<div class='post-feeds'><div class='feed-links'>Subscribe to: <a class='feed-link' href='#' target='_blank' type='application/atom+xml'>Post Comments (Atom)</a></div></div>
</div></div></div></div></div></div></div>
<div class='column-right-outer'><aside><div class='sidebar section' id='sidebar-right-1'>
<div class='widget PopularPosts' data-version='1'><h2>लोकप्रिय पोस्ट</h2><div class='widget-content popular-posts'><ul>{popular}</ul></div></div>
<div class='widget BlogArchive'><h2>Blog Archive</h2><div class='widget-content'><ul class='hierarchy'>{archive}</ul></div></div>
<div class='widget Profile'><h2>About Me</h2><div class='widget-content'><dl class='profile-datablock'><dt class='profile-data'><a class='profile-name-link g-profile' href='#'>{esc(piece.author)}</a></dt><dd class='profile-textblock'>पिछले अठारह साल से पत्रकारिता में हूं। पूर्वांचल के गांव, किसान और नदियों पर लिखना पसंद है। संपर्क के लिए नीचे दिए गए पते पर मेल करें।</dd></dl><a class='profile-link' href='#' rel='author'>View my complete profile</a></div></div>
</div></aside></div></div></div>
<footer><div class='footer-outer'><div class='widget Attribution'><div class='widget-content' style='text-align: center;'>Awesome Inc. theme. Powered by <a href='https://www.blogger.example' target='_blank'>Blogger</a>.</div></div></div></footer>
</div></div></body></html>
"""
    return GoldPage(
        name=f"blogger-{number}",
        url=url,
        html=html.encode(),
        text=[f"{piece.place}। {piece.texts[0]}", *piece.texts[1:]],
        expect={
            "title": piece.headline,
            "authors": [piece.author],
            "published_at": piece.at.isoformat(),
            "image_url": image,
            "canonical_url": url,
            "language": "hi",
        },
        note="written without sight of the extractor",
    )


def nextnews(piece: Piece, number: int) -> GoldPage:
    """A React site rendered on the server: utility classes, cards inside the text."""
    host = "www.khabarnext.example"
    url = f"https://{host}/{piece.section_key}/{piece.slug}-a{piece.id}9021"
    image = f"https://img.khabarnext.example/w_1200/{piece.id}/hero.webp"
    card = """<div class="my-6 flex gap-3 rounded-xl border bg-slate-50 p-3"><div class="shrink-0"><img alt="" loading="lazy" class="h-16 w-24 rounded-lg" src="/_next/image?url=x.webp"/></div><div><span class="text-xs font-bold text-rose-600">{label}</span><a class="line-clamp-2 text-base font-semibold" href="/desh/x-a11">{title}</a></div></div>"""
    body: list[str] = []
    for index, part in enumerate(piece.parts):
        if part.kind == "h":
            body.append(f'<h2 class="mt-8 mb-2 text-2xl font-bold">{esc(part.text)}</h2>')
        else:
            body.append(
                f'<div class="mb-5 text-lg leading-8 text-gray-900" data-block="paragraph">{esc(part.text)}</div>'
            )
        if index == 1:
            body.append(card.format(label="इसे भी पढ़िए", title=esc(piece.links[0])))
            body.append('<div class="ad-slot my-4 text-center text-xs text-gray-400">विज्ञापन</div>')
        if index == 3:
            body.append(
                f'<figure class="my-6"><img alt="{esc(piece.headline)}" src="{image}"/><figcaption class="text-sm text-gray-500">मौके की तस्वीर। फोटो: खबरनेक्स्ट</figcaption></figure>'
            )
        if index == 4:
            body.append(
                '<div class="my-6 rounded-xl bg-green-50 p-4 text-center"><p class="font-semibold">ताजा खबरें सीधे अपने फोन पर पाइए</p><a class="btn" href="https://whatsapp.example/channel">हमारे व्हाट्सएप चैनल से जुड़िए</a></div>'
            )
    cards = "".join(
        f'<a class="group block" href="/desh/{i}"><img alt="{esc(link)}" src="/x{i}.webp"/><h3 class="text-base font-semibold">{esc(link)}</h3><span class="text-xs text-gray-500">{i + 1} घंटे पहले</span></a>'
        for i, link in enumerate(piece.links)
    )
    modified = piece.at + timedelta(hours=2, minutes=6)
    shown = (
        f"{piece.at.day} {_HI_MONTHS[piece.at.month - 1]} {piece.at.year}, {piece.at:%I:%M %p} IST"
    )
    state = json.dumps(
        {
            "props": {
                "pageProps": {
                    "story": {
                        "id": piece.id,
                        "title": piece.headline,
                        "blocks": [
                            {"type": "paragraph", "html": text[:60]} for text in piece.texts
                        ],
                    },
                    "trending": list(piece.links),
                }
            },
            "page": "/[section]/[slug]",
            "buildId": "k2J9",
        },
        ensure_ascii=False,
    )
    html = f"""<!DOCTYPE html><html lang="hi"><head><meta charSet="utf-8"/><meta name="viewport" content="width=device-width"/><title>{esc(piece.headline)} | खबरनेक्स्ट</title><meta name="description" content="{esc(piece.summary)}"/><meta property="og:title" content="{esc(piece.headline)}"/><meta property="og:description" content="{esc(piece.summary)}"/><meta property="og:image" content="{image}"/><meta property="og:url" content="{url}"/><meta property="article:published_time" content="{piece.at.isoformat()}"/><meta property="article:modified_time" content="{modified.isoformat()}"/><meta property="article:section" content="{piece.section}"/><link rel="canonical" href="{url}"/><link rel="preload" href="/_next/static/css/7f.css" as="style"/><script type="application/ld+json">{{"@context":"https://schema.org","@type":"WebSite","name":"खबरनेक्स्ट","url":"https://{host}"}}</script></head><body class="antialiased"><div id="__next"><header class="sticky top-0 z-50 bg-white shadow"><div class="container flex items-center justify-between"><a href="/" aria-label="होम"><svg viewBox="0 0 1 1"></svg></a><nav class="hidden gap-5 md:flex"><a href="/desh">देश</a><a href="/duniya">दुनिया</a><a href="/khel">खेल</a><a href="/manoranjan">मनोरंजन</a><a href="/karobar">कारोबार</a></nav><button>लॉग इन</button></div><div class="marquee bg-rose-600 text-white"><span>ब्रेकिंग</span><a href="/b">{esc(piece.links[5])}</a></div></header><main class="container grid grid-cols-12 gap-8"><div class="col-span-8"><ol class="flex text-sm text-gray-500"><li><a href="/">होम</a></li><li><a href="/{piece.section_key}">{piece.section}</a></li><li>{esc(piece.headline[:40])}...</li></ol><h1 class="mt-3 text-4xl font-bold leading-tight">{esc(piece.headline)}</h1><p class="mt-3 text-xl text-gray-600">{esc(piece.summary)}</p><div class="mt-4 flex items-center justify-between border-y py-3"><div class="flex items-center gap-2"><img class="h-10 w-10 rounded-full" alt="" src="/u.webp"/><div><a class="font-semibold" href="/author/{piece.id}" rel="author">{esc(piece.author)}</a><div class="text-sm text-gray-500"><time datetime="{piece.at.isoformat()}">{shown}</time> · 3 मिनट में पढ़ें</div></div></div><div class="flex gap-2"><button>शेयर करें</button><button>सेव करें</button><button>अ-</button><button>अ+</button></div></div><div class="mt-6"><img class="w-full rounded-2xl" alt="{esc(piece.headline)}" src="{image}"/></div><div class="mt-6">{"".join(body)}</div><div class="mt-8 flex flex-wrap gap-2"><span class="font-bold">विषय:</span>{"".join(f'<a class="rounded-full border px-3" href="/topic/{i}">{esc(tag)}</a>' for i, tag in enumerate(piece.tags))}</div><section class="mt-8 rounded-2xl border p-5"><h3 class="font-bold">लेखक के बारे में</h3><p>{esc(piece.author)} खबरनेक्स्ट में वरिष्ठ उपसंपादक हैं। उन्हें डिजिटल पत्रकारिता का नौ साल का अनुभव है और वे राजनीति, समाज तथा पर्यावरण पर लिखते हैं।</p></section><section class="mt-8"><h2 class="text-2xl font-bold">आपके काम की खबरें</h2><div class="grid grid-cols-3 gap-4">{cards}</div></section><section class="mt-8"><h3>अपनी राय दें</h3><textarea placeholder="टिप्पणी लिखें"></textarea><button>भेजें</button></section></div><aside class="col-span-4"><h2 class="font-bold">सबसे ज्यादा पढ़ी गई</h2>{cards}</aside></main><footer class="mt-12 bg-gray-900 text-gray-300"><p>© 2024 खबरनेक्स्ट मीडिया प्राइवेट लिमिटेड। सर्वाधिकार सुरक्षित।</p><a href="/privacy">निजता नीति</a><a href="/terms">नियम और शर्तें</a></footer></div><script id="__NEXT_DATA__" type="application/json">{state}</script><script src="/_next/static/chunks/main.js" defer></script></body></html>"""
    return GoldPage(
        name=f"nextnews-{number}",
        url=url,
        html=html.encode(),
        charset="utf-8",
        text=piece.texts,
        expect={
            "title": piece.headline,
            "summary": piece.summary,
            "authors": [piece.author],
            "section": piece.section,
            "published_at": piece.at.isoformat(),
            "modified_at": modified.isoformat(),
            "image_url": image,
            "canonical_url": url,
            "language": "hi",
        },
        note="written without sight of the extractor",
    )
