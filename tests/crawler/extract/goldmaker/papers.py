# ruff: noqa: E501 - markup stands in the lines in which content systems print it.
"""Looks of large papers: rendered by React, with hashed classes, with promotions in the text."""

from __future__ import annotations

from datetime import timedelta

from tests.crawler.extract.goldmaker.parts import (
    english_stamp,
    hindi_stamp,
    links,
    menu,
    news_ld,
    script,
    social,
)
from tests.crawler.extract.goldmaker.piece import GoldPage, Piece, esc


def daily(piece: Piece, number: int) -> GoldPage:
    """A daily: body in JSON-LD too, "also read" links as bold paragraphs, highlights on top."""
    site, host = "नवजागृति", "www.navjagriti.example"
    url = f"https://{host}/{piece.section_key}/{piece.slug}-239{piece.id}.html"
    image = f"https://img.navjagriti.example/{piece.id}.webp"
    desk = f"डिजिटल डेस्क, {piece.place}। "
    body = []
    for index, part in enumerate(piece.parts):
        lead = desk if index == 0 else ""
        tag = "h2" if part.kind == "h" else "p"
        body.append(f"<{tag}>{lead}{esc(part.text)}</{tag}>")
        if index in (1, 4):
            body.append(
                f'<p><strong>यह भी पढ़ें: <a href="/x-{index}.html">{esc(piece.links[index])}</a></strong></p>'
            )
        if index == 2:
            body.append('<div class="ad_slot"><p>विज्ञापन</p></div>')
    points = links(piece.alts[1:3] if len(piece.alts) > 2 else piece.alts, "<li>{t}</li>")
    ld = news_ld(
        piece,
        url,
        site,
        articleBody=" ".join([desk + piece.texts[0], *piece.texts[1:]]),
        keywords=", ".join(piece.tags),
        articleSection=piece.section,
    )
    side = links(
        piece.links[3:10],
        '<li><a href="/s{i}.html"><figure><img src="/s{i}.webp" alt="{t}"/></figure><p>{t}</p></a></li>',
    )
    html = f"""<!DOCTYPE html><html lang="hi"><head><meta charSet="utf-8"/><title>{esc(piece.headline)} - {esc(piece.alts[0])}</title>
<meta name="keywords" content="{esc(", ".join(piece.tags))}"/>{social(piece, url, site, image)}<link rel="canonical" href="{url}"/><link rel="amphtml" href="{url.replace(".html", "-amp.html")}"/>
{script(ld)}{script([{"@context": "https://schema.org", "@type": "BreadcrumbList", "itemListElement": []}])}</head>
<body><div id="__next"><header class="Header_main__x1"><a href="/" class="Header_logo__2"><img alt="{site}" src="/logo.svg"/></a><ul class="Header_nav__3">{menu("<li><a href='/{i}'>{t}</a></li>")}</ul><div class="Header_trend__9"><strong>ट्रेंडिंग:</strong>{links(piece.links[10:13], "<a href='/t{i}'>{t}</a>")}</div></header>
<div class="ArticleDetail_wrap__a"><ul class="Breadcrumb_list__q"><li><a href="/">Hindi News</a></li><li><a href="/{piece.section_key}">{piece.section}</a></li></ul>
<article><div class="ArticleDetail_head__b"><h1>{esc(piece.headline)}</h1><div class="ArticleDetail_summary__c"><p>{esc(piece.summary)}</p></div>
<div class="ArticleDetail_by__d"><span>By <a href="/author/1">{esc(piece.author)}</a></span><span>Edited By: <a href="/author/2">पूनम त्रिपाठी</a></span><br/><span>Updated: {english_stamp(piece.at)}</span></div><div class="ShareBar_list__e"><button>फॉलो</button><a href="#">Google News पर फॉलो करें</a></div></div>
<figure class="ArticleDetail_lead__f"><img src="{image}" alt="{esc(piece.headline)}"/><figcaption>{esc(piece.alts[-1])} (फोटो- नवजागृति)</figcaption></figure>
<div class="Highlights_box__g"><h2>HighLights</h2><ol>{points}</ol></div>
<div class="ArticleBody">{"".join(body)}</div></article>
<div class="Source_note__h"><p><em>देश और दुनिया की ताजा खबरों के लिए पढ़ते रहें नवजागृति। हमारा मोबाइल ऐप डाउनलोड करें।</em></p></div>
<div class="Tags_list__i"><strong>Tags:</strong><ul>{links(piece.tags, "<li><a href='/topics/{i}'>{t}</a></li>")}</ul></div>
<section class="Related_list__j"><h3>संबंधित खबरें</h3><ul>{side}</ul></section></div>
<aside class="RightCol__k"><h3>ताजा खबरें</h3><ul>{side}</ul></aside>
<footer><p>Copyright © 2024 नवजागृति प्रकाशन लिमिटेड. This website follows the DNPA Code of Ethics.</p></footer></div></body></html>"""
    return GoldPage(
        name=f"daily-{number}",
        url=url,
        html=html.encode(),
        text=[desk + piece.texts[0], *piece.texts[1:]],
        expect={
            "title": piece.headline,
            "summary": piece.summary,
            "authors": [piece.author],
            "section": piece.section,
            "tags": list(piece.tags),
            "published_at": piece.at.isoformat(),
            "date_source": "json_ld",
            "image_url": image,
            "canonical_url": url,
            "dateline": piece.place,
        },
    )


def hashed(piece: Piece, number: int) -> GoldPage:
    """A daily for telephones: classes are hashes, no headings but the first, "copy link"."""
    site, host = "दैनिक प्रभात", "www.dainikprabhat.example"
    url = f"https://{host}/local/{piece.section_key}/news/{piece.slug}-1335{piece.id}.html"
    image = f"https://images.dainikprabhat.example/{piece.id}_cover.jpg"
    body = []
    for index, part in enumerate(piece.parts):
        if part.kind == "h":
            body.append(f'<p style="word-break:break-word"><strong>{esc(part.text)}</strong></p>')
        else:
            body.append(f'<p style="word-break:break-word">{esc(part.text)}</p>')
        if index == 2:
            body.append(
                f'<div class="b4f1 ba02"><picture class="c1d"><img src="/w{index}.jpg" alt="{esc(piece.headline)}"/></picture><div class="d7a9">{esc(piece.links[0])[:60]}</div></div>'
            )
    cards = links(
        piece.links[1:9],
        '<li class="c7ff6507 db9a2680"><div class="f2"><a class="a9" href="/c{i}.html"><div class="h3x">{t}</div></a><div class="e1"><span>कॉपी लिंक</span><span>शेयर</span></div></div></li>',
    )
    ld = news_ld(piece, url, site, author={"@type": "Organization", "name": site})
    html = f"""<!DOCTYPE html><html lang="hi"><head><meta charset="utf-8"><title>{esc(piece.headline)} | {piece.place} News</title><meta name="description" content="{esc(piece.summary)}"><meta property="og:title" content="{esc(piece.headline)}"><meta property="og:image" content="{image}"><link rel="canonical" href="{url}">{script(ld)}
<style>.b4f1{{display:flex}}.a88a1c42{{padding:12px}}</style></head><body><div id="root"><div class="f8ab"><ul class="a1b2"><li><a href="/">होम</a></li><li><a href="/video">वीडियो</a></li><li><a href="/search">सर्च</a></li><li><a href="/epaper">ई-पेपर</a></li></ul><ul class="ccd0">{menu('<li class="x9"><a href="/{i}/">{t}</a></li>')}</ul></div>
<div class="a88a1c42"><ul class="bread9"><li><a href="/">Hindi News</a></li><li><a href="/local">Local</a></li><li>{esc(piece.headline)}</li></ul>
<h1>{esc(piece.headline)}</h1>
<div class="a5e2"><div class="e9c1">{piece.place}<!-- --> <span>{number + 4} घंटे पहले</span></div><ul class="s3f"><li>कॉपी लिंक</li></ul></div>
<div class="ba1e62a6"><picture><img src="{image}" alt="{esc(piece.headline)} | {piece.place}"></picture></div>
<div class="c9a2">{"".join(body)}</div>
<div class="a9f0"><span>खबरें और भी हैं...</span></div><div class="d1"><a href="https://app.example">ऐप खोलें</a></div></div>
<div class="e33b"><div class="t5">टॉप न्यूज</div><ul>{cards}</ul></div><div class="e33b"><div class="t5">{piece.place} की अन्य खबरें</div><ul>{cards}</ul></div>
<footer><div>Copyright © 2023-24 DP Corp ltd., All Rights Reserved</div><div>This website follows the DNPA Code of Ethics.</div></footer></div></body></html>"""
    return GoldPage(
        name=f"hashed-{number}",
        url=url,
        html=html.encode(),
        text=piece.texts,
        expect={
            "title": piece.headline,
            "summary": piece.summary,
            "authors": [],
            "published_at": piece.at.isoformat(),
            "image_url": image,
            "canonical_url": url,
        },
    )


def channel(piece: Piece, number: int) -> GoldPage:
    """A TV channel: broken JSON-LD, a player on top, "watch" pointers, Taboola, live ticker."""
    site, host = "समय 24", "www.samay24.example"
    url = f"https://{host}/{piece.section_key}/story/{piece.slug}-{piece.id}77-2024-06-30"
    image = f"https://feeds.samay24.example/{piece.id}-16x9.jpg"
    modified = piece.at + timedelta(minutes=95)
    body = []
    for index, part in enumerate(piece.parts):
        if part.kind == "h":
            body.append(f"<p><strong>{esc(part.text)}</strong></p>")
        elif index == len(piece.parts) - 1:
            body.append(f"<p>{esc(part.text)} (इनपुट-भाषा)</p>")
        else:
            body.append(f"<p>{esc(part.text)}</p>")
        if index == 0:
            body.append(
                '<div class="inline-story-add ads__container"><span class="adlabel">Advertisement</span></div>'
            )
        if index == 2:
            body.append(
                f'<div class="embedcode"><div class="relatedstory"><a href="/r"><h3>{esc(piece.links[0])}</h3></a></div></div>'
            )
        if index == 3:
            body.append(
                '<p><strong>देखें वीडियो:</strong></p><div class="embed-youtube"><iframe src="https://yt.example/e"></iframe></div>'
            )
    # A line break inside a string, and a comma too many.
    ld = (
        '<script type="application/ld+json">{"@context":"https://schema.org","@type":"NewsArticle",'
        f'"headline":"{piece.headline.replace(chr(34), "")}",\n"description":"{piece.summary.replace(chr(34), "")}\n",'
        f'"datePublished":"{piece.at.isoformat()}","dateModified":"{modified.isoformat()}",'
        f'"author":{{"@type":"Person","name":"{piece.author}",}},}}</script>'
    )
    html = f"""<!DOCTYPE html><html lang="hi"><head><meta charset="utf-8"/><title>{esc(piece.headline)} - {esc(piece.links[0])[:30]} - {site}</title>{social(piece, url, site, image)}<link rel="canonical" href="{url}"/>{ld}</head><body>
<header class="site-header"><div class="livetv-btn"><a href="/live">LIVE TV</a></div><nav class="navbar"><ul>{menu()}</ul></nav><div class="breaking"><span>ब्रेकिंग</span><marquee>{esc(piece.links[5])} &nbsp;|&nbsp; {esc(piece.links[6])}</marquee></div></header>
<div class="content-area"><div class="breadcrumb"><a href="/">Hindi News</a><span>/</span><a href="/{piece.section_key}">{piece.section}</a></div>
<div class="story-heading"><h1>{esc(piece.headline)}</h1></div><div class="sab-head-tranlate-sec"><h2>{esc(piece.summary)}</h2></div>
<div class="player-wrap"><video poster="{image}"></video><div class="caption">{esc(piece.alts[0])}</div></div>
<div class="brand-detial-main"><ul><li class="author-name"><a href="/author/z">{esc(piece.author)}</a></li><li>{piece.place},</li><li class="updated-date"><span>{hindi_stamp(piece.at)}</span></li><li>(अपडेटेड <span>{hindi_stamp(modified)}</span> IST)</li></ul><div class="social-share"><ul><li>शेयर</li><li>Facebook</li><li>WhatsApp</li></ul></div></div>
<div class="content-area-inner"><div class="story-with-main-sec">{"".join(body)}</div></div>
<div class="tags"><ul>{links(piece.tags, '<li><a href="/topic/{i}">{t}</a></li>')}</ul></div>
<div id="taboola-below" class="trc_related_container"><span>Sponsored Links</span><ul><li><a href="#">बिना जिम जाए घटाएं वजन, जानिए घरेलू तरीका</a></li><li><a href="#">घर बैठे सीखें अंग्रेजी, पहला महीना मुफ्त</a></li></ul></div>
<div class="readmore-section"><h3>ये भी पढ़ें</h3><ul>{links(piece.links[7:13], '<li><a href="/o/{i}"><h4>{t}</h4></a></li>')}</ul></div></div>
<footer><p>Copyright © 2024 Samay Media Network Limited. For reprint rights: Syndications Today</p></footer></body></html>"""
    return GoldPage(
        name=f"channel-{number}",
        url=url,
        html=html.encode(),
        text=[*piece.texts[:-1], piece.texts[-1] + " (इनपुट-भाषा)"],
        expect={
            "title": piece.headline,
            "summary": piece.summary,
            "authors": [piece.author],
            "published_at": piece.at.isoformat(),
            "modified_at": modified.isoformat(),
            "agencies": ["pti"],
            "image_url": image,
            "canonical_url": url,
        },
        note="JSON-LD with a raw line break and trailing commas",
    )


def elements(piece: Piece, number: int) -> GoldPage:
    """A hosted system with story elements: every paragraph in three elements of its own."""
    site, host = "लोकदृष्टि", "www.lokdrishti.example"
    url = f"https://{host}/{piece.section_key}/{piece.slug}"
    image = f"https://media.lokdrishti.example/lokdrishti/2024-06/{piece.id}/hero.jpg?w=1200"
    wrap = '<div class="story-element story-element-text"><div class="text-element-m__box__1a"><div>{}</div></div></div>'
    cards = [
        wrap.format(
            f"<h3>{esc(part.text)}</h3>" if part.kind == "h" else f"<p>{esc(part.text)}</p>"
        )
        for part in piece.parts
    ]
    cards.insert(
        2,
        f'<div class="story-element story-element-text-also-read"><div class="also-read-m__x"><a href="/a"><h2><span>Also Read: </span>{esc(piece.links[0])}</h2></a></div></div>',
    )
    cards.insert(
        4,
        '<div class="story-element story-element-image"><figure><img src="/e.jpg" alt=""/><div class="image-caption-m__c">बैठक में मौजूद अधिकारी</div><div class="image-attribution">लोकदृष्टि</div></figure></div>',
    )
    ld = {
        "@context": "http://schema.org",
        "@type": ["NewsArticle"],
        "headline": piece.headline,
        "image": [image],
        "url": url,
        "datePublished": piece.at.isoformat().replace("+05:30", ".000+05:30"),
        "author": [{"@type": "Person", "givenName": piece.author, "name": piece.author}],
        "keywords": ",".join(piece.tags),
        "articleBody": " .  ".join(f"<p>{text}</p>" for text in piece.texts[:2]),
        "articleSection": piece.section,
        "isAccessibleForFree": True,
    }
    html = f"""<!DOCTYPE html><html lang="hi"><head><meta charset="utf-8"><title>{esc(piece.headline)}</title><meta name="description" content="{esc(piece.summary)}"><meta property="og:title" content="{esc(piece.headline)}"><meta property="og:image" content="{esc(image)}"><meta property="og:site_name" content="{site}"><link rel="canonical" href="{url}">{script(ld)}</head>
<body><div id="app"><div id="header"><nav>{menu("<a href='/{i}'>{t}</a>")}</nav></div><div id="container"><div class="arr--story-page">
<div class="section-tag"><a href="/{piece.section_key}">{piece.section}</a></div><div class="arr--headline"><h1><bdi>{esc(piece.headline)}</bdi></h1></div><div class="arr--sub-headline"><h2 class="p-alt">{esc(piece.summary)}</h2></div>
<div class="arr--hero-image"><figure><img src="{esc(image)}" alt=""/><figcaption>फोटो: लोकदृष्टि</figcaption></figure></div>
<div class="author-with-time"><div class="contributor-m__name"><span>{esc(piece.author)}</span></div><div class="time-m__x"><span>Published on:</span> <time datetime="{piece.at.isoformat()}">{piece.at:%d %b %Y, %I:%M %p}</time></div></div><div class="social-share"><span>Share</span></div>
{"".join(cards)}
<div class="arr--follow"><p>सबसे तेज खबरों के लिए हमारे टेलीग्राम चैनल से जुड़ें</p></div>
<div class="story-tags">{links(piece.tags, '<a href="/topic/{i}"><span>{t}</span></a>')}</div></div>
<div class="arrow-component arr--four-col"><h3>Related Stories</h3>{links(piece.links[2:8], '<div class="arr--story-card"><a href="/k{i}"><h6>{t}</h6></a><div class="time">2 hours ago</div></div>')}</div></div>
<footer><p>© लोकदृष्टि 2024</p></footer></div></body></html>"""
    return GoldPage(
        name=f"elements-{number}",
        url=url,
        html=html.encode(),
        text=piece.texts,
        expect={
            "title": piece.headline,
            "summary": piece.summary,
            "authors": [piece.author],
            "section": piece.section,
            "tags": list(piece.tags),
            "published_at": piece.at.isoformat(),
            "image_url": image,
            "canonical_url": url,
        },
        note="articleBody is a teaser",
    )
