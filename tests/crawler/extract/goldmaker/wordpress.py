# ruff: noqa: E501 - markup stands in the lines in which content systems print it.
"""Looks of WordPress: a magazine theme with its plugins, and a block theme."""

from __future__ import annotations

from datetime import timedelta

from tests.crawler.extract.goldmaker.parts import EN_DAYS, EN_MONTHS, links, menu, script, social
from tests.crawler.extract.goldmaker.piece import NOW, GoldPage, Piece, esc


def magazine(piece: Piece, number: int) -> GoldPage:
    """A bought magazine theme: date of today on top, share bars, related boxes in the text."""
    site, host = "अवध की आवाज", "avadhkiawaz.example"
    url = f"https://{host}/{piece.section_key}/{piece.slug}/"
    image = f"https://{host}/wp-content/uploads/2024/06/{piece.id}-1068x601.jpg"
    modified = piece.at + timedelta(minutes=41)
    body = []
    for index, part in enumerate(piece.parts):
        if part.kind == "h":
            body.append(f"<h3><strong>{esc(part.text)}</strong></h3>")
        else:
            body.append(f"<p>{esc(part.text)}</p>")
        if index == 1:
            body.append(
                f'<div class="td-a-rec td-a-rec-id-content_inline tdi_{number}"><script async src="//ads.example/a.js"></script><ins class="adsbygoogle"></ins></div><p><strong>यह भी पढ़ें: </strong><a href="https://{host}/x/" target="_blank" rel="noopener"><strong>{esc(piece.links[0])}</strong></a></p>'
            )
        if index == 3:
            body.append(
                f'<figure id="attachment_{piece.id}" class="wp-caption alignnone"><img class="size-full" src="{image}" alt="" /><figcaption class="wp-caption-text">घटनास्थल पर जुटे लोग (फाइल फोटो)</figcaption></figure><blockquote class="twitter-tweet"><p lang="hi" dir="ltr">देखिए मौके का वीडियो <a href="https://t.example/x">pic.x.example/abc</a></p>&mdash; अवध की आवाज (@avadhkiawaz) <a href="#">June 30, 2024</a></blockquote><script async src="https://platform.x.example/widgets.js"></script>'
            )
    if number % 2:
        body.append(
            '<p>देश-दुनिया की ताजा खबरें पढ़ने के लिए हमारे <a href="#">व्हाट्सएप ग्रुप</a> से जुड़ें और हमें <a href="#">फेसबुक</a> पर फॉलो करें।</p>'
        )
    yoast = {
        "@context": "https://schema.org",
        "@graph": [
            {
                "@type": "Article",
                "@id": url + "#article",
                "isPartOf": {"@id": url},
                "author": {"name": piece.author, "@id": f"https://{host}/#/schema/person/9f"},
                "headline": piece.headline,
                "datePublished": piece.at.isoformat(),
                "dateModified": modified.isoformat(),
                "wordCount": 300,
                "keywords": list(piece.tags),
                "articleSection": [piece.section],
                "inLanguage": "hi-IN",
            },
            {"@type": "WebPage", "@id": url, "url": url, "name": f"{piece.headline} - {site}"},
            {
                "@type": "BreadcrumbList",
                "itemListElement": [{"@type": "ListItem", "position": 1, "name": "Home"}],
            },
            {"@type": "Person", "name": piece.author, "url": f"https://{host}/author/a/"},
        ],
    }
    share = """<div class="td-post-sharing-top"><div id="td_social_sharing" class="td-post-sharing td-ps-bg td-ps-padding"><div class="td-post-sharing-visible"><div class="td-social-sharing-button td-social-handler td-social-share-text"><div class="td-social-but-icon"><i class="td-icon-share"></i></div><div class="td-social-but-text">Share</div></div><a class="td-social-sharing-button td-social-facebook" href="#"><div class="td-social-but-text">Facebook</div></a><a class="td-social-sharing-button" href="#"><div class="td-social-but-text">Twitter</div></a><a class="td-social-sharing-button" href="#"><div class="td-social-but-text">WhatsApp</div></a></div></div></div>"""
    related = links(
        piece.links[2:8],
        '<div class="td_module_related_posts td-animation-stack td_mod_related_posts"><div class="td-module-image"><a href="/r/{i}"><img class="entry-thumb" src="/r{i}.jpg"/></a></div><div class="item-details"><h3 class="entry-title td-module-title"><a href="/r/{i}">{t}</a></h3></div></div>',
    )
    tags = links(piece.tags, '<li><a href="/tag/{i}/">{t}</a></li>')
    today = f"{EN_DAYS[NOW.weekday()]}day, {EN_MONTHS[NOW.month - 1]}y {NOW.day}, {NOW.year}"
    html = f"""<!doctype html >
<html lang="hi-IN" prefix="og: https://ogp.me/ns#">
<head><meta charset="UTF-8" /><title>{esc(piece.headline)} - {site}</title>
<meta name='robots' content='index, follow, max-image-preview:large' />
<link rel="canonical" href="{url}" />
{social(piece, url, site, image)}
<meta property="article:published_time" content="{piece.at.isoformat()}" /><meta property="article:modified_time" content="{modified.isoformat()}" />
<meta name="author" content="{esc(piece.author)}" />
{script(yoast)}
<link rel='stylesheet' id='td-theme-css' href='https://{host}/wp-content/themes/Newspaper/style.css?ver=12' media='all' />
<style id='wp-emoji-styles-inline-css'>img.wp-smiley{{display:inline !important;border:none !important}}.td-post-content p{{margin-bottom:26px}}</style>
<script>window._wpemojiSettings={{"baseUrl":"x"}};</script></head>
<body class="post-template-default single single-post postid-{piece.id} global-block-template-1">
<div class="td-scroll-up"></div><div class="td-menu-background"></div>
<div id="td-mobile-nav"><ul class="td-mobile-main-menu">{menu()}</ul></div>
<div id="td-outer-wrap" class="td-theme-wrap">
<div class="td-header-wrap"><div class="td-header-top-menu-full"><div class="top-header-style td-header-top-menu"><div class="top-bar-style"><div class="td_data_time"><div>{today}</div></div><ul class="top-header-menu"><li><a href="/login">Sign in / Join</a></li></ul></div></div></div>
<div class="td-header-menu-wrap"><ul id="menu-main" class="sf-menu">{menu()}</ul></div></div>
<div class="td-main-content-wrap td-container-wrap"><div class="td-container td-post-template-default">
<div class="td-crumb-container"><div class="entry-crumbs"><span><a title="" class="entry-crumb" href="/">Home</a></span> <i class="td-icon-right td-bread-sep"></i> <span><a class="entry-crumb" href="/{piece.section_key}/">{piece.section}</a></span> <i class="td-icon-right td-bread-sep td-bred-no-url-last"></i> <span class="td-bred-no-url-last">{esc(piece.headline)}</span></div></div>
<div class="td-pb-row"><div class="td-pb-span8 td-main-content" role="main"><div class="td-ss-main-content">
<article id="post-{piece.id}" class="post-{piece.id} post type-post status-publish format-standard has-post-thumbnail category-{piece.section_key}" itemscope itemtype="https://schema.org/Article">
<div class="td-post-header"><ul class="td-category"><li class="entry-category"><a href="/{piece.section_key}/">{piece.section}</a></li></ul>
<header class="td-post-title"><h1 class="entry-title">{esc(piece.headline)}</h1>
<div class="td-module-meta-info"><div class="td-post-author-name"><div class="td-author-by">By</div> <a href="/author/a/">{esc(piece.author)}</a><div class="td-author-line"> - </div></div><span class="td-post-date"><time class="entry-date updated td-module-date" datetime="{piece.at.isoformat()}">{piece.at:%B %d, %Y}</time></span><div class="td-post-comments"><a href="#respond"><i class="td-icon-comments"></i>0</a></div><div class="td-post-views"><i class="td-icon-views"></i><span class="td-nr-views-9">214</span></div></div></header></div>
{share}
<div class="td-post-content tagdiv-type"><div class="td-post-featured-image"><a href="{image}" data-caption=""><img width="696" class="entry-thumb td-modal-image" src="{image}" alt="{esc(piece.headline)}" /></a></div>
{chr(10).join(body)}
</div>
<footer><div class="td-post-source-tags"><ul class="td-tags td-post-small-box clearfix"><li><span>TAGS</span></li>{tags}</ul></div>{share}
<div class="td-block-row td-post-next-prev"><div class="td-block-span6 td-post-prev-post"><div class="td-post-next-prev-content"><span>Previous article</span><a href="/p">{esc(piece.links[8])}</a></div></div><div class="td-block-span6 td-post-next-post"><div class="td-post-next-prev-content"><span>Next article</span><a href="/n">{esc(piece.links[9])}</a></div></div></div>
<div class="author-box-wrap"><a href="/author/a/"><img alt="" class="avatar" /></a><div class="desc"><div class="td-author-name vcard author"><span class="fn"><a href="/author/a/">{esc(piece.author)}</a></span></div><div class="td-author-url"><a href="https://{host}">https://{host}</a></div><div class="td-author-description">अवध की आवाज में संवाददाता। दस वर्ष से जिले की खबरें लिख रहे हैं, खेती और कचहरी पर खास नजर रखते हैं।</div></div></div></footer></article>
<div class="td_block_wrap td_block_related_posts"><h4 class="td-related-title td-block-title"><a class="td-related-left td-cur-simple-item" href="#">RELATED ARTICLES</a><a class="td-related-right" href="#">MORE FROM AUTHOR</a></h4><div class="td_block_inner">{related}</div></div>
<div class="comments" id="comments"><div id="respond" class="comment-respond"><h3 id="reply-title" class="comment-reply-title">LEAVE A REPLY <small><a rel="nofollow" href="#">Cancel reply</a></small></h3><form id="commentform"><textarea placeholder="Comment:"></textarea><p class="comment-form-cookies-consent"><label>Save my name, email, and website in this browser for the next time I comment.</label></p></form></div></div>
</div></div>
<div class="td-pb-span4 td-main-sidebar"><aside class="td_block_template_1 widget widget_recent_entries"><h4 class="td-block-title"><span>Recent Posts</span></h4><ul>{links(piece.links[:6], '<li><a href="/s/{i}">{t}</a></li>')}</ul></aside></div></div></div></div>
<div class="td-footer-wrapper"><div class="footer-text-wrap">ABOUT US<br/>अवध की आवाज लखनऊ से निकलने वाला हिंदी समाचार पोर्टल है। हम आपके लिए सच्ची और निष्पक्ष खबरें लाते हैं।<div class="footer-email-wrap">Contact us: <a href="mailto:a@{host}">a@{host}</a></div></div><div class="td-sub-footer-copy">&copy; Copyright 2024 - {site}</div></div>
</div></body></html>"""
    return GoldPage(
        name=f"magazine-{number}",
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
            "published_precision": "second",
            "modified_at": modified.isoformat(),
            "date_source": "json_ld",
            "image_url": image,
            "canonical_url": url,
        },
    )


def blocktheme(piece: Piece, number: int) -> GoldPage:
    """A block theme: share links and related posts as blocks of the text itself, no JSON-LD."""
    site, host = "चंबल टाइम्स", "chambaltimes.example"
    url = f"https://{host}/?p={piece.id}{number}"
    body = []
    for index, part in enumerate(piece.parts):
        if part.kind == "h":
            body.append(f'<h2 class="wp-block-heading">{esc(part.text)}</h2>')
        elif index == 0:
            body.append(
                f'<p class="has-drop-cap"><strong>{piece.place}:</strong> {esc(part.text)}</p>'
            )
        else:
            body.append(f"<p>{esc(part.text)}</p>")
        if index == 2:
            body.append(
                f'<div class="wp-block-group has-background"><p class="has-text-align-center"><a href="#">{esc(piece.links[1])}</a></p></div><p>इसे भी पढ़ें- <a href="/q">{esc(piece.links[2])}</a></p>'
            )
        if index == 3:
            body.append(
                '<figure class="wp-block-image size-large"><img src="/2.jpg" alt=""/><figcaption class="wp-element-caption">तस्वीर: चंबल टाइम्स</figcaption></figure>'
            )
    sharedaddy = """<div class="sharedaddy sd-sharing-enabled"><div class="robots-nocontent sd-block sd-social sd-social-icon-text sd-sharing"><h3 class="sd-title">इसे शेयर करें:</h3><div class="sd-content"><ul><li class="share-facebook"><a href="#"><span>Click to share on Facebook (Opens in new window)</span></a></li><li class="share-x"><a href="#"><span>Click to share on X (Opens in new window)</span></a></li></ul></div></div></div><div class='sharedaddy sd-block sd-like jetpack-likes-widget-wrapper'><h3 class="sd-title">इसे पसंद करें:</h3><div class='likes-widget-placeholder'><span class='button'><span>पसंद करें</span></span> <span class="loading">लोड हो रहा है...</span></div></div><div id='jp-relatedposts' class='jp-relatedposts'><h3 class="jp-relatedposts-headline"><em>संबंधित</em></h3></div>"""
    html = f"""<!DOCTYPE html>
<html lang="hi-IN"><head><meta charset="UTF-8"><meta name="viewport" content="width=device-width">
<title>{esc(piece.headline)} &#8211; {site}</title><link rel="canonical" href="{url}"/><link rel='shortlink' href='{url}'/>
<meta name="generator" content="WordPress 6.5.4"/>
</head><body class="wp-singular post-template-default single wp-embed-responsive">
<a class="skip-link screen-reader-text" href="#wp--skip-link--target">सामग्री पर जाएं</a>
<div class="wp-site-blocks"><header class="wp-block-template-part"><div class="wp-block-group is-layout-flex"><p class="wp-block-site-title"><a href="/">{site}</a></p><nav class="is-responsive wp-block-navigation"><ul class="wp-block-navigation__container">{menu('<li class="wp-block-navigation-item"><a href="/{i}"><span>{t}</span></a></li>')}</ul></nav></div></header>
<main class="wp-block-group" id="wp--skip-link--target"><h1 class="wp-block-post-title">{esc(piece.headline)}</h1>
<div class="wp-block-template-part"><div class="wp-block-group is-layout-flex"><div class="wp-block-post-date"><time datetime="{piece.at.isoformat()}"><a href="{url}">{piece.at:%d/%m/%Y}</a></time></div><p class="has-contrast-2-color">—</p><p>by</p><div class="wp-block-post-author-name"><a href="/author/x">{esc(piece.author)}</a></div><p>in</p><div class="taxonomy-category wp-block-post-terms"><a href="/c" rel="tag">{piece.section}</a></div></div></div>
<div class="entry-content wp-block-post-content has-global-padding is-layout-constrained">
{chr(10).join(body)}
{sharedaddy}</div>
<div class="wp-block-template-part"><div class="taxonomy-post_tag wp-block-post-terms"><span class="wp-block-post-terms__prefix">Tags: </span>{links(piece.tags, '<a href="/t/{i}" rel="tag">{t}</a><span class="wp-block-post-terms__separator">, </span>')}</div></div>
<div class="wp-block-group"><div class="post-navigation-link-previous wp-block-post-navigation-link"><span class="post-navigation-link__label">Previous:</span> <a href="/p" rel="prev">{esc(piece.links[7])}</a></div></div>
<div class="wp-block-comments"><h2>Comments</h2><div id="respond" class="comment-respond wp-block-post-comments-form"><h3 id="reply-title" class="comment-reply-title">प्रातिक्रिया दे <small><a rel="nofollow" href="#">जवाब रद्द करें</a></small></h3><form><p class="comment-notes"><span id="email-notes">आपका ईमेल पता प्रकाशित नहीं किया जाएगा।</span> <span class="required-field-message">आवश्यक फ़ील्ड चिह्नित हैं <span class="required">*</span></span></p><p class="comment-form-comment"><label>टिप्पणी *</label></p></form></div></div>
<div class="wp-block-group"><h2 class="wp-block-heading">More posts</h2><div class="wp-block-query"><ul class="wp-block-post-template">{links(piece.links[3:7], '<li class="wp-block-post"><h3 class="wp-block-post-title"><a href="/m/{i}">{t}</a></h3><div class="wp-block-post-excerpt"><p class="wp-block-post-excerpt__excerpt">{t} को लेकर जिले भर में चर्चा है और अधिकारियों ने जांच के आदेश दे दिए हैं। [&hellip;]</p></div></li>')}</ul></div></div></main>
<footer class="wp-block-template-part"><p>Designed with <a href="#">WordPress</a></p></footer></div></body></html>"""
    return GoldPage(
        name=f"blocktheme-{number}",
        url=url,
        html=html.encode(),
        charset="UTF-8",
        text=[f"{piece.place}: {piece.texts[0]}", *piece.texts[1:]],
        expect={
            "title": piece.headline,
            "authors": [piece.author],
            "published_at": piece.at.isoformat(),
            "date_source": "time",
            "canonical_url": url,
            "dateline": piece.place,
        },
    )
