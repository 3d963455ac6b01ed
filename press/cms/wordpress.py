# ruff: noqa: E501 - markup stands in the lines in which content systems print it.
"""The WordPress news theme: today's date on top, the headline twice, a comment form at the end.

The page shows no date of the article anywhere; only the feed has it. No JSON-LD.
"""

from __future__ import annotations

from typing import Final

from press.cms.common import ListView, View, blocks, esc, image_path, items, menu, open_graph
from press.dates import theme_date
from press.sites import Site
from press.story import SECTIONS

_CSS: Final = """
body{margin:0;background:#f2f2f2;color:#333;font:16px/1.7 'Mukta','Noto Sans Devanagari',sans-serif}
.container{max-width:1140px;margin:0 auto;padding:0 15px}.row{display:flex;flex-wrap:wrap}
.col-lg-8{flex:0 0 66.6%}.col-lg-4{flex:0 0 33.3%}.top-detail{background:#1b1b2f;color:#fff}
.info-left span{font-size:13px}.navbar{background:#c0392b}.navbar li{display:inline-block}
.navbar a{color:#fff;padding:12px;text-decoration:none}.page-title{font-size:14px;color:#777}
.single-post-box{background:#fff;padding:24px}.single-post-box h1{font-size:28px}
.post-share a{display:inline-block;margin-right:8px}.related-block{margin-top:30px}
.comment-form input,.comment-form textarea{width:100%;border:1px solid #ccc;padding:8px}
.sidebar .widget{background:#fff;margin-bottom:20px;padding:16px}.site-footer{background:#1b1b2f;
color:#bbb;padding:30px 0}#back-to-top{position:fixed;right:20px;bottom:20px}
"""
_JS: Final = """
window.dataLayer=window.dataLayer||[];function gtag(){dataLayer.push(arguments)}
document.addEventListener('DOMContentLoaded',function(){var b=document.getElementById('back-to-top');
window.addEventListener('scroll',function(){b.style.display=window.scrollY>400?'block':'none'});
var m=document.querySelector('.menu-toggle');if(m){m.onclick=function(){
document.querySelector('.navbar').classList.toggle('open')}}});
"""


def article(view: View) -> str:
    """Returns the page of an article."""
    page, headline = view.page, esc(view.version.headline)
    section = SECTIONS[page.section]
    related = items(
        view.related[:3],
        view.now,
        pattern='<div class="blog-card"><a class="thumb" href="{url}"><img src="{image}" alt=""></a>'
        '<h4 class="title"><a href="{url}">{title}</a></h4></div>',
    )
    tags = " ".join(f'<a href="/tag/{page.section}/" rel="tag">{esc(t)}</a>' for t in page.tags)
    main = f"""
<div class="page-title-area"><div class="container"><div class="page-title">{headline}</div></div></div>
<main id="content"><div class="container"><div class="row">
<div class="col-lg-8"><div class="single-post-box">
<article id="post-{page.number}" class="post type-post status-publish format-standard hentry">
<div class="post-category"><a href="/category/{page.section}/">{section}</a></div>
<h1 class="entry-title">{headline}</h1>
<div class="post-meta"><span class="author"><i class="fas fa-user"></i> By
<a href="/author/news-desk/">{esc(page.author or page.credit.byline or "News Desk")}</a></span></div>
<figure class="post-thumb"><img src="{esc(image_path(page))}" width="850" height="480" alt=""></figure>
<div class="entry-content">
{chr(10).join(blocks(view, heading="h2"))}
</div>
<div class="post-tags"><span>Tags:</span> {tags}</div>
<div class="post-share"><a href="#" class="facebook">Facebook</a><a href="#" class="twitter">Twitter</a>
<a href="#" class="whatsapp">WhatsApp</a><a href="#" class="telegram">Telegram</a></div>
</article>
<nav class="navigation post-navigation" aria-label="Posts"><h2 class="screen-reader-text">Post
navigation</h2></nav></div>
<div class="related-block"><h3 class="related-title">Related Post</h3><div class="row">{related}</div></div>
{_COMMENTS.format(number=page.number)}
</div>
<aside class="col-lg-4 sidebar">{_sidebar(view)}</aside>
</div></div></main>"""
    head = f'<title>{headline} - {esc(page.site.name)}</title>\n<link rel="canonical" href="{esc(page.url)}">'
    return _shell(page.site, theme_date(view.now), f"{head}\n{open_graph(view)}", main)


_COMMENTS: Final = """<div id="comments" class="comments-area"><div id="respond" class="comment-respond">
<h3 id="reply-title" class="comment-reply-title">Leave a Reply <small><a rel="nofollow"
id="cancel-comment-reply-link" href="#respond" style="display:none;">Cancel reply</a></small></h3>
<form action="/wp-comments-post.php" method="post" id="commentform" class="comment-form">
<p class="comment-notes"><span id="email-notes">Your email address will not be published.</span>
<span class="required-field-message">Required fields are marked <span class="required">*</span></span></p>
<p class="comment-form-comment"><label for="comment">Comment *</label><textarea id="comment"
name="comment" cols="45" rows="8" required></textarea></p>
<p class="comment-form-author"><label for="author">Name *</label><input id="author" name="author"></p>
<p class="comment-form-email"><label for="email">Email *</label><input id="email" name="email"></p>
<p class="comment-form-cookies-consent"><input id="cookies" type="checkbox"><label for="cookies">Save
my name, email, and website in this browser for the next time I comment.</label></p>
<p class="form-submit"><input name="submit" type="submit" value="Post Comment"><input type="hidden"
name="comment_post_ID" value="{number}"></p></form></div></div>"""


def _sidebar(view: View) -> str:
    latest = items(view.latest[:6], view.now)
    return f"""<div class="widget widget_search"><form role="search"><label>Search</label>
<input type="search" placeholder="खोजें"></form></div>
<div class="widget widget_recent_entries"><h2 class="widget-title">ताजा खबरें</h2><ul>{latest}</ul></div>
<div class="widget widget_categories"><h2 class="widget-title">श्रेणियां</h2><ul>
{menu('<li class="cat-item"><a href="/category{url}">{title}</a></li>')}</ul></div>
<div class="widget widget_text"><p>झारखंड और आसपास के जिलों की खबरों के लिए रोज सुबह हमारा बुलेटिन सुनें।</p></div>"""


def listing(view: ListView) -> str:
    """Returns the home page or a category."""
    title = SECTIONS[view.section] if view.section else view.site.name
    cards = items(
        view.pages[:40],
        view.now,
        pattern='<div class="blog-card"><h4 class="title"><a href="{url}">{title}</a></h4></div>',
    )
    main = f'<main id="content"><div class="container"><h1 class="archive-title">{esc(title)}</h1>{cards}</div></main>'
    head = f"<title>{esc(title)} - {esc(view.site.name)}</title>"
    return _shell(view.site, theme_date(view.now), head, main)


def _shell(site: Site, date: str, head: str, main: str) -> str:
    return f"""<!DOCTYPE html>
<html lang="hi-IN">
<head>
<meta charset="UTF-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="profile" href="http://gmpg.org/xfn/11">
{head}
<meta name="robots" content="max-image-preview:large">
<meta name="generator" content="WordPress 6.4.5">
<link rel="alternate" type="application/rss+xml" title="{esc(site.name)} &raquo; Feed" href="/feed/">
<link rel="alternate" type="application/feed+json" title="{esc(site.name)} &raquo; JSON" href="/feed/json/">
<style>{_CSS}</style>
</head>
<body class="post-template-default single single-post wp-embed-responsive">
<a class="skip-link screen-reader-text" href="#content">Skip to content</a>
<header class="header"><div class="top-detail"><div class="container"><ul class="info-left"><li>
<span class="top-date">{date}</span></li></ul><ul class="social"><li><a href="#">Facebook</a></li>
<li><a href="#">YouTube</a></li></ul></div></div>
<div class="container"><a class="navbar-brand" href="/"><span class="site-title">{esc(site.name)}</span></a>
<p class="site-description">खबर वही जो दिखे सही</p></div>
<nav class="navbar"><div class="container"><ul><li><a href="/">होम</a></li>
{menu('<li class="menu-item"><a href="/category{url}">{title}</a></li>')}</ul></div></nav></header>
{main}
<footer class="site-footer"><div class="container"><p>Copyright &copy; All rights reserved |
{esc(site.latin)} <span class="sep"> | </span> News theme</p><ul class="footer-menu">
<li><a href="/about/">हमारे बारे में</a></li><li><a href="/contact/">संपर्क करें</a></li>
<li><a href="/privacy-policy/">Privacy Policy</a></li></ul></div></footer>
<a href="#" id="back-to-top">&uarr;</a>
<script>{_JS}</script>
</body>
</html>
"""
