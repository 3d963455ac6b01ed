# ruff: noqa: E501 - markup stands in the lines in which content systems print it.
"""Looks of regional papers and agencies: hosted systems, Drupal, tables, AMP."""

from __future__ import annotations

from datetime import timedelta

from tests.crawler.extract.goldmaker.parts import (
    HI_DAYS,
    HI_MONTHS,
    hindi_stamp,
    links,
    menu,
    minute,
    news_ld,
    script,
    social,
)
from tests.crawler.extract.goldmaker.piece import NOW, GoldPage, Piece, esc


def hosted(piece: Piece, number: int) -> GoldPage:
    """A hosted news system: body as divs and breaks, "Similar News", "Tags:", no paragraphs."""
    site, host = "बुंदेलखंड वाणी", "www.bundelkhandvani.example"
    url = f"https://{host}/{piece.section_key}/{piece.slug}-{piece.id}88{number}"
    image = f"https://{host}/h-upload/2024/06/30/{piece.id}-lead.webp"
    lead = f"{piece.place}, {piece.at.day} {HI_MONTHS[piece.at.month - 1]} (एजेंसी)। "
    parts = []
    for index, part in enumerate(piece.parts):
        if part.kind == "h":
            parts.append(f"<div><b>{esc(part.text)}</b></div>")
        else:
            parts.append(f"<div>{lead if index == 0 else ''}{esc(part.text)}<br></div>")
        if index == 1:
            parts.append(
                '<div class="inside-post-ad-before-p inside_ad"><div class="hocal_hide_on_mobile">विज्ञापन</div></div>'
            )
        if index == 3:
            parts.append(f'<div><b>Also Read - <a href="/z">{esc(piece.links[0])}</a></b></div>')
    ld = news_ld(piece, url, site, author={"@type": "Person", "name": "Web Desk"})
    html = f"""<!DOCTYPE html><html lang="hi"><head><meta charset="utf-8"><title>{esc(piece.headline)} | {site}</title>{social(piece, url, site, image)}<link rel="canonical" href="{url}">{script(ld)}<meta name="robots" content="max-image-preview:large"></head>
<body class="theme-default"><div class="header"><div class="date-today">{NOW.day} {HI_MONTHS[NOW.month - 1]} {NOW.year} {HI_DAYS[NOW.weekday()]}</div><ul class="menu">{menu()}</ul></div>
<div class="container details-page"><ol class="breadcrumb"><li><a href="/">Home</a></li><li><a href="/{piece.section_key}">{piece.section}</a></li><li class="active">{esc(piece.headline)}</li></ol>
<div class="main-content"><h1 class="single-post-title"><span>{esc(piece.headline)}</span></h1><h2 class="subtitle">{esc(piece.summary)}</h2>
<div class="author-on-detail"><span class="author-name">By : <a href="/web-desk">Web Desk</a></span><span class="convert-to-localtime" data-datestring="{piece.at.isoformat()}">Update: {piece.at:%Y-%m-%d %H:%M} IST</span></div>
<div class="story-share"><a href="#">Facebook</a> <a href="#">Twitter</a> <a href="#">Whatsapp</a> <a href="#">Telegram</a></div>
<div class="lead-img"><img src="{image}" alt="{esc(piece.headline)}"><div class="image-caption">{esc(piece.alts[0])}</div></div>
<div class="entry-main-content dropcap"><div class="details-content-story"><div>{"".join(parts)}</div></div></div>
<div class="tags"><strong>Tags: &nbsp;</strong>{links(piece.tags, "<a href='/tags/{i}'>{t}</a>&nbsp;")}</div>
<div class="author-about"><div class="bio-title">Web Desk</div><div>वेब डेस्क</div></div>
<div class="next-prev"><a href="/n">Next Story</a></div>
<div class="similar-news"><h4>Similar News</h4>{links(piece.links[1:7], '<div class="sim-item"><a href="/sn{i}">{t}</a></div>')}</div></div>
<div class="right-col"><h4>Latest News</h4>{links(piece.links[7:13], '<div class="l-item"><a href="/ln{i}">{t}</a><span>30 Jun 2024 8:10 PM</span></div>')}</div></div>
<div class="footer"><div>© Copyright 2024 : {site}. All Rights Reserved. Powered by <a href="#">Hosted CMS</a></div></div></body></html>"""
    return GoldPage(
        name=f"hosted-{number}",
        url=url,
        html=html.encode(),
        text=[lead + piece.texts[0], *piece.texts[1:]],
        expect={
            "title": piece.headline,
            "summary": piece.summary,
            "authors": [],
            "agencies": [],
            "published_at": piece.at.isoformat(),
            "image_url": image,
            "canonical_url": url,
            "dateline": piece.place,
        },
    )


def drupal(piece: Piece, number: int) -> GoldPage:
    """Drupal: fields, RDFa, a views block of related pieces, Hindi "submitted by"."""
    site, host = "जनमोर्चा", "janmorcha.example"
    url = f"https://{host}/hi/node/{piece.id}{number}"
    body = "\n".join(
        f'<h4 class="text-align-justify">{esc(part.text)}</h4>'
        if part.kind == "h"
        else f'<p class="text-align-justify">{esc(part.text)}</p>\n<p>&nbsp;</p>'
        for part in piece.parts
    )
    html = f"""<!DOCTYPE html>
<html lang="hi" dir="ltr" prefix="content: http://purl.org/rss/1.0/modules/content/  dc: http://purl.org/dc/terms/  schema: http://schema.org/">
<head><meta charset="utf-8" /><meta name="Generator" content="Drupal 10 (https://www.drupal.org)" /><link rel="canonical" href="{url}" /><title>{esc(piece.headline)} | {site}</title>
<script type="application/json" data-drupal-selector="drupal-settings-json">{{"path":{{"baseUrl":"\\/"}}}}</script></head>
<body class="path-node page-node-type-article"><a href="#main-content" class="visually-hidden focusable skip-link">मुख्य सामग्री पर जाएं</a>
<div class="dialog-off-canvas-main-canvas"><header role="banner"><div class="region region-header"><div id="block-branding"><a href="/" rel="home">{site}</a><div class="site-slogan">जनता की आवाज</div></div><nav role="navigation" id="block-main-menu"><h2 class="visually-hidden">Main navigation</h2><ul class="menu">{menu()}</ul></nav></div></header>
<main role="main"><a id="main-content" tabindex="-1"></a><div class="layout-content"><div class="region region-content"><nav class="breadcrumb" role="navigation"><h2 class="visually-hidden">Breadcrumb</h2><ol><li><a href="/hi">मुख्य पृष्ठ</a></li><li><a href="/hi/{piece.section_key}">{piece.section}</a></li></ol></nav>
<div id="block-page-title"><h1 class="page-title"><span class="field field--name-title">{esc(piece.headline)}</span></h1></div>
<article role="article" about="/hi/node/{piece.id}" typeof="schema:Article" class="node node--type-article node--view-mode-full"><span property="schema:name" content="{esc(piece.headline)}" class="hidden"></span>
<footer class="node__meta"><article typeof="schema:Person" class="profile"></article><div class="node__submitted">द्वारा <span class="field field--name-uid"><a title="View user profile." href="/hi/user/4" lang="" about="/hi/user/4" typeof="schema:Person" property="schema:name" class="username">{esc(piece.author)}</a></span> <span class="field field--name-created"><time datetime="{piece.at.isoformat()}" title="{hindi_stamp(piece.at)}" class="datetime">{hindi_stamp(piece.at, devanagari=True)}</time></span><span property="schema:dateCreated" content="{piece.at.isoformat()}" class="hidden"></span></div></footer>
<div class="node__content"><div class="field field--name-field-image"><img src="/sites/default/files/{piece.id}.jpg" alt="" /></div>
<div class="clearfix text-formatted field field--name-body field__item" property="schema:text">{body}</div>
<div class="field field--name-field-tags field--label-above"><div class="field__label">टैग</div><div class="field__items">{links(piece.tags, '<div class="field__item"><a href="/hi/t/{i}" hreflang="hi">{t}</a></div>')}</div></div>
<ul class="links inline list-inline"><li class="comment-forbidden"><a href="/hi/user/login">टिप्पणी करने के लिए</a> लॉग इन करें</li><li class="statistics-counter">148 दृश्य</li></ul></div></article></div></div>
<aside class="layout-sidebar-second" role="complementary"><div class="views-element-container block"><h2>इन्हें भी पढ़ें</h2><div class="view-content">{links(piece.links[:6], '<div class="views-row"><span class="views-field-title"><a href="/hi/v{i}">{t}</a></span><p>{t}। इस मामले में प्रशासन ने तीन दिन में रिपोर्ट मांगी है और जिम्मेदार लोगों से जवाब तलब किया है।</p></div>')}</div></div></aside></main>
<footer role="contentinfo"><p>© जनमोर्चा 2024। सर्वाधिकार सुरक्षित</p></footer></div></body></html>"""
    return GoldPage(
        name=f"drupal-{number}",
        url=url,
        html=html.encode(),
        text=piece.texts,
        expect={
            "title": piece.headline,
            "authors": [piece.author],
            "published_at": piece.at.isoformat(),
            "date_source": "time",
            "canonical_url": url,
        },
    )


def table(piece: Piece, number: int) -> GoldPage:
    """An old portal on ASP.NET: tables, fonts, breaks, a wrong character set or UTF-16."""
    site, host = "मालवा दर्पण", "www.malwadarpan.example"
    url = f"http://{host}/NewsDetails.aspx?nid={piece.id}{number}"
    lead = f"{piece.place}, {piece.at.day} {HI_MONTHS[piece.at.month - 1]} (वार्ता) "
    body = "<br><br>".join(
        f"<b>{esc(part.text)}</b>"
        if part.kind == "h"
        else (lead if index == 0 else "") + esc(part.text)
        for index, part in enumerate(piece.parts)
    )
    rows = links(
        piece.links[:8],
        '<tr><td valign="top"><img src="images/bullet.gif"></td><td class="smalltext"><a href="NewsDetails.aspx?nid={i}">{t}</a></td></tr>',
    )
    head = '<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-1">'
    html = f"""<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN">
<HTML><HEAD>{head}<TITLE>{esc(piece.headline)} : {site}</TITLE><LINK href="style.css" type="text/css" rel="stylesheet"></HEAD>
<BODY leftmargin="0" topmargin="0" bgcolor="#FFFFFF"><FORM name="form1" method="post" action="NewsDetails.aspx" id="form1"><input type="hidden" name="__VIEWSTATE" id="__VIEWSTATE" value="{"wEPDwUKMTY0" * 80}" />
<TABLE width="980" border="0" align="center" cellpadding="0" cellspacing="0"><TR><TD colspan="3"><IMG src="images/banner.jpg" width="980"></TD></TR>
<TR><TD colspan="3" class="menubar"><A href="Default.aspx">मुख्य पृष्ठ</A> | {menu('<A href="List.aspx?c={i}">{t}</A> | ')}</TD></TR>
<TR><TD width="180" valign="top"><TABLE><TR><TD class="boxhead">ताजा समाचार</TD></TR>{rows}</TABLE></TD>
<TD width="600" valign="top"><TABLE width="100%"><TR><TD><FONT size="5" color="#990000"><B><SPAN id="lblHeadline">{esc(piece.headline)}</SPAN></B></FONT></TD></TR>
<TR><TD><FONT size="2" color="gray"><SPAN id="lblDate">{piece.at:%d/%m/%Y %H:%M}</SPAN></FONT> &nbsp; <A href="javascript:window.print()">प्रिंट</A> | <A href="mailto:">ईमेल</A></TD></TR>
<TR><TD align="center"><IMG src="uploads/{piece.id}.jpg" width="400"></TD></TR>
<TR><TD align="justify"><FONT size="3"><SPAN id="lblStory">{body}</SPAN></FONT></TD></TR>
<TR><TD><HR><FONT size="2">पाठकों की राय (0)</FONT></TD></TR></TABLE></TD>
<TD width="200" valign="top"><TABLE><TR><TD class="boxhead">सबसे ज्यादा पढ़े गए</TD></TR>{rows}</TABLE></TD></TR>
<TR><TD colspan="3" class="foot">Copyright 2024 {site}. Site best viewed in 1024x768.</TD></TR></TABLE></FORM></BODY></HTML>"""
    coded = [html.encode(), html.encode("utf-16"), html.encode("utf-16-le")][number % 3]
    return GoldPage(
        name=f"table-{number}",
        url=url,
        html=coded,
        charset="iso-8859-1" if number % 3 == 0 else None,
        text=[lead + piece.texts[0], *piece.texts[1:]],
        expect={
            "title": piece.headline,
            "agencies": ["uni"],
            "published_at": minute(piece.at),
            "published_precision": "minute",
            "dateline": piece.place,
        },
        note="UTF-8 declared as iso-8859-1 in page and header; UTF-16 with and without its mark",
    )


def amp(piece: Piece, number: int) -> GoldPage:
    """AMP: sidebar menu, icons as ligatures, Telegram promotion, canonical to the other form."""
    site, host = "खबर एक्सप्रेस", "hindi.khabarexpress.example"
    canonical = f"https://{host}/news/{piece.section_key}/{piece.slug}-567{piece.id}.html"
    url = canonical.replace("/news/", "/amphtml/news/")
    body = []
    for index, part in enumerate(piece.parts):
        if part.kind == "h":
            body.append(f"<h3>{esc(part.text)}</h3>")
        else:
            body.append(f"<p>{esc(part.text)}</p>")
        if index == 1:
            body.append(
                '<amp-ad width="300" height="250" type="doubleclick"><div fallback>Ad</div></amp-ad>'
            )
        if index == 2:
            body.append(
                f'<p><a href="/t"><b>{esc(piece.links[0])}</b> <i class="material-icons">arrow_forward</i></a></p>'
            )
    ld = news_ld(piece, canonical, site, dateModified=None)
    html = f"""<!doctype html><html amp lang="hi"><head><meta charset="utf-8"><script async src="https://cdn.ampproject.example/v0.js"></script><title>{esc(piece.headline)} - {site}</title><link rel="canonical" href="{canonical}"><meta name="viewport" content="width=device-width,minimum-scale=1">{script(ld)}<style amp-boilerplate>body{{animation:-amp-start 8s}}</style><style amp-custom>.article{{padding:10px}}.cap{{font-size:12px}}</style></head>
<body><amp-sidebar id="sidebar1" layout="nodisplay" side="left"><ul>{menu()}</ul></amp-sidebar><amp-analytics type="googleanalytics"><script type="application/json">{{"vars":{{}}}}</script></amp-analytics>
<header class="hdr"><button on="tap:sidebar1.toggle">☰</button><a href="/"><amp-img src="/logo.png" width="120" height="30" alt="{site}"></amp-img></a></header>
<div class="article"><div class="crumb"><a href="/">होम</a> » <a href="/news">न्यूज़</a> » <a href="/x">{piece.section}</a></div><h1 class="heading">{esc(piece.headline)}</h1>
<div class="byline"><span>By </span><a href="/authors/y">{esc(piece.author)}</a></div><div class="dt">| Published: {piece.at:%A}, {piece.at:%B} {piece.at.day}, {piece.at.year}, {piece.at:%H:%M} [IST]</div>
<amp-social-share type="whatsapp"></amp-social-share>
<amp-img src="/lead/{piece.id}.jpg" width="600" height="338" layout="responsive" alt="{esc(piece.headline)}"></amp-img><div class="cap"><amp-img src="x.jpg" width="1" height="1"><noscript><img src="x.jpg"></noscript></amp-img></div>
{"".join(body)}
<p><b>टेलिग्राम</b> पर ताजा अपडेट पाने के लिए हमारे चैनल से <a href="https://t.example/k">जुड़ें</a></p>
<div class="more"><h4>और भी...</h4><ul>{links(piece.links[1:7], '<li><a href="/m{i}">{t}</a></li>')}</ul></div>
<div class="eng"><b>English summary</b><p>The report says that work will start soon and that people of the area have welcomed it.</p></div>
<div class="tagz"><a href="/t1">{esc(piece.tags[0])}</a></div></div>
<amp-sticky-ad layout="nodisplay"><amp-ad width="320" height="50" type="doubleclick"></amp-ad></amp-sticky-ad><footer>© खबर एक्सप्रेस</footer></body></html>"""
    return GoldPage(
        name=f"amp-{number}",
        url=url,
        html=html.encode(),
        text=piece.texts,
        expect={
            "title": piece.headline,
            "authors": [piece.author],
            "published_at": piece.at.isoformat(),
            "date_source": "json_ld",
            "canonical_url": canonical,
        },
    )


def agency(piece: Piece, number: int) -> GoldPage:
    """The page of a news agency: dateline and desk's signature, numeric references for text."""
    site, host = "भारत संवाद समिति", "hindi.samvadsamiti.example"
    url = f"https://{host}/national/{piece.id}{number}/{piece.at:%Y%m%d}"
    lead = f"{piece.place}, {piece.at.day} {HI_MONTHS[piece.at.month - 1]} (भाषा) "
    sign = "भाषा नोमान रंजन"

    def coded(text: str) -> str:
        if number % 2 == 0:
            return esc(text)
        return "".join(f"&#{ord(char)};" if ord(char) > 127 else esc(char) for char in text)

    body = "".join(
        f"<p>{coded((lead if index == 0 else '') + part.text)}</p>\n"
        for index, part in enumerate(piece.parts)
        if part.kind == "p"
    )
    texts = [part.text for part in piece.parts if part.kind == "p"]
    modified = piece.at + timedelta(minutes=3)
    html = f"""<html><head><meta http-equiv="content-type" content="text/html; charset=utf-8"><title>{coded(piece.headline)}</title><meta name="keywords" content=""><meta name="last-modified" content="{modified.isoformat()}"></head><body>
<div class="top"><span class="cdate">{NOW.day} {HI_MONTHS[NOW.month - 1]} {NOW.year}</span><a href="/">होम</a><a href="/subscribe">सदस्यता</a><a href="/login">लॉगिन</a></div>
<div class="story-page"><h2 class="story-head">{coded(piece.headline)}</h2><div class="story-time"><i class="fa fa-clock-o"></i> Published On : {piece.at:%d %b %Y %H:%M} IST</div>
<div class="story-txt">{body}<p>{sign}</p><p>{piece.at:%d%m %H%M} दिल्ली</p></div></div>
<div class="side"><h3>अन्य समाचार</h3><ul>{links(piece.links[:7], "<li><a href='/n{i}'>{t}</a></li>")}</ul></div>
<div class="foot">© 2024 {site}. यह सामग्री केवल सदस्यों के उपयोग के लिए है।</div></body></html>"""
    return GoldPage(
        name=f"agency-{number}",
        url=url,
        html=html.encode(),
        text=[lead + texts[0], *texts[1:], sign],
        expect={
            "title": piece.headline,
            "agencies": ["pti"],
            "published_at": minute(piece.at),
            "date_source": "text",
            "dateline": piece.place,
        },
        note="a line of the wire's own numbers may be in the text or not",
    )
