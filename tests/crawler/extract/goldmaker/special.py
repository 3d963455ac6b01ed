# ruff: noqa: E501 - markup stands in the lines in which content systems print it.
"""Looks of special pages: live blog, video with short text, paywall, several parts, slides, lists and tables."""

from __future__ import annotations

from datetime import timedelta

from tests.crawler.extract.goldmaker.parts import (
    hindi_stamp,
    links,
    menu,
    news_ld,
    script,
    social,
)
from tests.crawler.extract.goldmaker.piece import GoldPage, Piece, esc


def live(piece: Piece, number: int) -> GoldPage:
    """A live blog: newest first, a stamp and share buttons at each post, LiveBlogPosting."""
    site, host = "समाचार लाइव", "www.samacharlive.example"
    url = f"https://{host}/live/{piece.slug}-live-updates-{piece.id}"
    paragraphs = [part.text for part in piece.parts if part.kind == "p"]
    posts, texts = [], []
    for index, text in enumerate(paragraphs[1:]):
        at = piece.at + timedelta(minutes=14 * (len(paragraphs) - index))
        title = piece.tags[index % len(piece.tags)] + ": ताजा स्थिति"
        posts.append(
            f'<div class="lb-post" id="p{index}"><div class="lb-time"><time datetime="{at.isoformat()}">{at:%H:%M} (IST)</time> <span>{at:%d %b %Y}</span></div><h2 class="lb-title">{esc(title)}</h2><div class="lb-body"><p>{esc(text)}</p></div><div class="lb-share"><a href="#">Share</a><a href="#">Copy link</a></div></div>'
        )
        texts += [title, text]
    ld = {
        "@context": "https://schema.org",
        "@type": "LiveBlogPosting",
        "headline": piece.headline,
        "coverageStartTime": piece.at.isoformat(),
        "datePublished": piece.at.isoformat(),
        "dateModified": (piece.at + timedelta(hours=3)).isoformat(),
        "author": {"@type": "Organization", "name": site},
        "liveBlogUpdate": [
            {"@type": "BlogPosting", "headline": piece.tags[0], "articleBody": paragraphs[1][:80]}
        ],
    }
    html = f"""<!DOCTYPE html><html lang="hi"><head><meta charset="utf-8"><title>{esc(piece.headline)} LIVE | {site}</title>{social(piece, url, site, None)}<link rel="canonical" href="{url}">{script(ld)}</head><body><header><nav>{menu("<a href='/{i}'>{t}</a>")}</nav></header>
<main><h1>{esc(piece.headline)}</h1><div class="summary"><p>{esc(piece.summary)}</p></div><div class="meta"><span class="upd">Updated: {hindi_stamp(piece.at + timedelta(hours=3))}</span><span class="blink">LIVE</span></div>
<div class="lb-intro"><p>{esc(paragraphs[0])}</p></div><div class="lb-head"><h3>LIVE अपडेट</h3><span>नई पोस्ट देखें</span><select><option>नया पहले</option></select></div>
<div class="lb-list">{"".join(posts)}</div><button>और लोड करें</button>
<div class="widget"><h3>ट्रेंडिंग</h3><ul>{links(piece.links[:6], "<li><a href='/w{i}'>{t}</a></li>")}</ul></div></main><footer>© {site}</footer></body></html>"""
    return GoldPage(
        name=f"live-{number}",
        url=url,
        html=html.encode(),
        text=[paragraphs[0], *texts],
        expect={
            "title": piece.headline,
            "summary": piece.summary,
            "published_at": piece.at.isoformat(),
            "canonical_url": url,
        },
        note="times of the posts are no text",
    )


def video(piece: Piece, number: int) -> GoldPage:
    """A video page: one paragraph under a player, a wall of other videos."""
    site, host = "दर्शन टीवी", "www.darshantv.example"
    url = f"https://{host}/videos/{piece.section_key}/{piece.slug}-{piece.id}"
    text = (
        " ".join(part.text for part in piece.parts if part.kind == "p")[:1200].rsplit("।", 1)[0]
        + "।"
    )
    ld = [
        {
            "@context": "https://schema.org",
            "@type": "VideoObject",
            "name": piece.headline,
            "description": piece.summary,
            "uploadDate": piece.at.isoformat(),
            "contentUrl": "https://v.example/a.m3u8",
        },
        news_ld(piece, url, site, articleBody=text[:100]),
    ]
    wall = links(
        piece.links,
        '<div class="vid-card"><a href="/videos/{i}"><img src="/v{i}.jpg" alt="{t}"><span class="dur">02:1{i}</span><h3>{t}</h3></a></div>',
    )
    html = f"""<!DOCTYPE html><html lang="hi"><head><meta charset="utf-8"><title>{esc(piece.headline)} | {site}</title>{social(piece, url, site, None)}<link rel="canonical" href="{url}">{script(ld)}</head><body><nav>{menu("<a href='/{i}'>{t}</a>")}</nav>
<div class="video-page"><div class="breadcrum"><a href="/">हिंदी न्यूज</a> / <a href="/videos">वीडियो</a> / <span>{esc(piece.headline)}</span></div><h1>{esc(piece.headline)}</h1>
<div class="vplayer"><div id="jwplayer"></div><div class="vjs">Your browser does not support HTML5 video.</div></div>
<div class="vmeta"><span class="author">{esc(piece.author)}</span> | <span>Updated on: {piece.at:%b %d, %Y} | {piece.at:%I:%M %p}</span></div>
<div class="vdesc"><h2>{esc(piece.summary)}</h2><div class="vtext"><p>{esc(text)} देखें वीडियो...</p></div></div>
<div class="vwall"><h2>और वीडियो</h2>{wall}</div></div><footer><p>© {site}</p></footer></body></html>"""
    return GoldPage(
        name=f"video-{number}",
        url=url,
        html=html.encode(),
        text=[text],
        expect={
            "title": piece.headline,
            "published_at": piece.at.isoformat(),
            "canonical_url": url,
        },
    )


def paywall(piece: Piece, number: int) -> GoldPage:
    """A paper that shows the beginning and asks for money: hasPart, a box below."""
    site, host = "विचार पत्र", "www.vicharpatra.example"
    url = f"https://{host}/premium/{piece.slug}/{piece.id}"
    shown = [part.text for part in piece.parts if part.kind == "p"][:3]
    ld = news_ld(
        piece,
        url,
        site,
        isAccessibleForFree="False",
        hasPart={
            "@type": "WebPageElement",
            "isAccessibleForFree": "False",
            "cssSelector": ".paywalled",
        },
    )
    html = f"""<!DOCTYPE html><html lang="hi"><head><meta charset="utf-8"><title>{esc(piece.headline)} | {site}</title>{social(piece, url, site, None)}<link rel="canonical" href="{url}">{script(ld)}</head><body><div class="hd"><nav>{menu("<a href='/{i}'>{t}</a>")}</nav></div>
<div class="art"><h1>{esc(piece.headline)}</h1><h2 class="shoulder">{esc(piece.summary)}</h2><div class="auth">{esc(piece.author)} <span class="on">{hindi_stamp(piece.at)}</span></div>
<div class="paywalled"><p>{esc(shown[0])}</p><p>{esc(shown[1])}</p><p>{esc(shown[2])}</p></div>
<div class="subscribe-box"><h3>यह लेख केवल सदस्यों के लिए है</h3><p>पूरा लेख पढ़ने के लिए सदस्यता लें। पहला महीना केवल एक रुपये में, कभी भी रद्द करें।</p><a class="btn" href="/plans">सदस्यता लें</a><p>पहले से सदस्य हैं? <a href="/login">लॉग इन करें</a></p></div></div>
<div class="more"><h4>और पढ़ें</h4>{links(piece.links[:5], "<div><a href='/{i}'>{t}</a></div>")}</div></body></html>"""
    return GoldPage(
        name=f"paywall-{number}",
        url=url,
        html=html.encode(),
        text=shown,
        expect={
            "title": piece.headline,
            "authors": [piece.author],
            "published_at": piece.at.isoformat(),
            "paywalled": True,
        },
    )


def parts(piece: Piece, number: int) -> GoldPage:
    """The first of three parts, with the links to the others under the text."""
    host = "patrikadarshan.example"
    url = f"https://{host}/lekh/{piece.slug}"
    half = piece.texts[: max(4, len(piece.texts) // 2)]
    body = "".join(f"<p>{esc(text)}</p>" for text in half)
    html = f"""<!DOCTYPE html><html lang="hi"><head><meta charset="utf-8"><title>{esc(piece.headline)}</title><link rel="canonical" href="{url}"><link rel="next" href="{url}?page=2"><meta name="description" content="{esc(piece.summary)}"><meta property="article:published_time" content="{piece.at.isoformat()}"></head><body><div id="nav">{menu("<a href='/{i}'>{t}</a>")}</div><div id="main"><h1>{esc(piece.headline)}</h1><p class="by">लेखक: {esc(piece.author)}</p><div id="text">{body}</div><div class="page-links">पृष्ठ: <span class="current">1</span> <a href="{url}?page=2">2</a> <a href="{url}?page=3">3</a> <a href="{url}?page=2">अगला पृष्ठ »</a></div><div id="rel"><h3>यह भी पढ़ें</h3><ul>{links(piece.links[:6], "<li><a href='/{i}'>{t}</a></li>")}</ul></div></div></body></html>"""
    return GoldPage(
        name=f"parts-{number}",
        url=url,
        html=html.encode(),
        text=half,
        expect={
            "title": piece.headline,
            "summary": piece.summary,
            "authors": [piece.author],
            "published_at": piece.at.isoformat(),
            "next_url": f"{url}?page=2",
        },
    )


_NAMED = (
    "अर्जुन सिंह (35 वर्ष), निवासी रामपुर",
    "सीमा देवी (32 वर्ष), निवासी रामपुर",
    "मोहन लाल (60 वर्ष), निवासी बरेली",
)
_DAYS = (
    "आवेदन शुरू: 20 जून 2024",
    "आवेदन की अंतिम तिथि: 10 जुलाई 2024",
    "परिणाम: सितंबर के पहले सप्ताह में",
)
_ROWS = (
    ("शहर", "पेट्रोल", "डीजल"),
    ("लखनऊ", "94.65 रुपये", "87.76 रुपये"),
    ("पटना", "105.18 रुपये", "92.04 रुपये"),
    ("भोपाल", "106.47 रुपये", "91.84 रुपये"),
    ("जयपुर", "104.88 रुपये", "90.36 रुपये"),
)


def lists(piece: Piece, number: int) -> GoldPage:
    """Lists and a table between paragraphs, one list at the end; a list of links and one of tags."""
    site, host = "सूचना पत्रिका", "www.soochnapatrika.example"
    url = f"https://{host}/{piece.section_key}/{piece.slug}-{piece.id}.html"
    paragraphs = [part.text for part in piece.parts if part.kind == "p"]
    named, days = links(_NAMED, "<li>{t}</li>"), links(_DAYS, "<li>{t}</li>")
    cell = "td" if number else "th"
    head = "".join(f"<{cell}>{name}</{cell}>" for name in _ROWS[0])
    rows = "".join(f"<tr>{''.join(f'<td>{text}</td>' for text in row)}</tr>" for row in _ROWS[1:])
    table = f'<div class="table-responsive"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
    told, last = "सूची में दर्ज नाम इस प्रकार हैं:", "आवेदन की तारीखें नीचे दी गई हैं:"
    first, second, *rest = paragraphs
    inner = f"<p>{esc(first)}</p><p>{told}</p><ol>{named}</ol><p>{esc(second)}</p>{table}"
    inner += f"<ul>{links(piece.links[:2], '<li><a href=/s{i}>{t}</a></li>')}</ul>"
    inner += "".join(f"<p>{esc(text)}</p>" for text in rest) + f"<p>{last}</p><ul>{days}</ul>"
    html = f"""<!DOCTYPE html><html lang="hi"><head><meta charset="utf-8"><title>{esc(piece.headline)} | {site}</title>{social(piece, url, site, None)}<link rel="canonical" href="{url}">{script(news_ld(piece, url, site))}</head><body><nav><ul>{menu()}</ul></nav>
<article><h1>{esc(piece.headline)}</h1><ul class="meta-line"><li>{esc(piece.author)}</li><li>{hindi_stamp(piece.at)}</li></ul><div class="story-text">{inner}</div>
<ul class="share-bar"><li>शेयर</li><li>Facebook</li><li>WhatsApp</li></ul><div class="topics">{links(piece.tags, "<a href='/t{i}'>{t}</a>")}</div></article>
<div class="more"><h4>और पढ़ें</h4><ul>{links(piece.links[2:7], "<li><a href='/{i}'>{t}</a></li>")}</ul></div><footer>© {site}</footer></body></html>"""
    lines = [" | ".join(row) for row in _ROWS]
    return GoldPage(
        name=f"lists-{number}",
        url=url,
        html=html.encode(),
        text=[first, told, *_NAMED, second, *lines, *rest, last, *_DAYS],
        expect={
            "title": piece.headline,
            "authors": [piece.author],
            "published_at": piece.at.isoformat(),
            "canonical_url": url,
        },
        note="items are lines of the text, and so are rows, with their cells in order",
    )
