# ruff: noqa: E501 - markup stands in the lines in which content systems print it.
"""The agency's own site: Drupal with RDFa, Dublin Core dates, plain boxes. No JSON-LD."""

from __future__ import annotations

from typing import Final

from press.cms.common import ListView, View, blocks, esc, image_url, items, menu
from press.dates import hindi_stamp, iso
from press.sites import Site
from press.story import SECTIONS

_CSS: Final = """
#page{max-width:960px;margin:0 auto}#navigation li{float:left;list-style:none;margin-right:16px}
.node .submitted{color:#68696b;font-size:.929em}.field-name-body p{margin:1em 0;line-height:1.8}
.region-sidebar-second{float:right;width:220px}.block h2{border-bottom:1px solid #d6d6d6}
#footer{clear:both;border-top:4px solid #003366;padding:12px}.links.inline li{display:inline}
"""
_JS: Final = """
jQuery=window.jQuery||function(){return{ready:function(){}}};var Drupal={settings:{basePath:"/",
pathPrefix:"hindi/",ajaxPageState:{theme:"newswire"}}};
"""


def article(view: View) -> str:
    """Returns the page of an article."""
    page, headline = view.page, esc(view.version.headline)
    section = SECTIONS[page.section]
    when = iso(page.published_at)
    terms = "".join(
        f'<div class="field-item"><a href="/hindi/taxonomy/{page.section}" typeof="skos:Concept" '
        f'property="rdfs:label skos:prefLabel">{esc(tag)}</a></div>'
        for tag in page.tags
    )
    main = f"""
<div id="breadcrumb"><a href="/hindi">मुख्य पृष्ठ</a> » <a href="/hindi/taxonomy/{page.section}">{section}</a></div>
<div id="node-{page.number}" class="node node-story node-promoted clearfix" about="{esc(page.path)}"
 typeof="sioc:Item foaf:Document">
<h1 class="title" id="page-title" property="dc:title" datatype="">{headline}</h1>
<div class="submitted"><span property="dc:date dc:created" content="{when}" datatype="xsd:dateTime"
 rel="sioc:has_creator">{esc(page.author or page.credit.byline or page.site.name)} |
{hindi_stamp(page.published_at)}</span></div>
<div class="content"><div class="field field-name-body field-type-text-with-summary field-label-hidden">
<div class="field-items"><div class="field-item even" property="content:encoded">
{chr(10).join(blocks(view, heading="h3"))}
</div></div></div>
<div class="field field-name-field-tags"><div class="field-label">शब्द:&nbsp;</div>
<div class="field-items">{terms}</div></div></div>
<ul class="links inline"><li class="comment_forbidden">टिप्पणी के लिए <a href="/user/login">लॉग इन</a> करें</li>
<li><a href="/print/{page.number}">छापने योग्य</a></li></ul>
</div>
<div class="region-sidebar-second"><div class="block block-views"><h2>इसी वर्ग से</h2><ul>
{items(view.related[:6], view.now)}</ul></div>
<div class="block"><h2>ग्राहक सेवा</h2><p>समाचार सेवा की सदस्यता के लिए विपणन विभाग से बात करें।</p></div></div>"""
    head = f"""<title>{headline} | {esc(page.site.name)}</title>
<link rel="canonical" href="{esc(page.url)}">
<link rel="shortlink" href="/node/{page.number}">
<meta name="description" content="{esc(page.summary)}">
<meta name="dcterms.title" content="{headline}">
<meta name="dcterms.date" content="{when}">
<meta name="dcterms.language" content="{page.language}">
<meta property="og:image" content="{esc(image_url(page))}">"""
    return _shell(page.site, head, main)


def listing(view: ListView) -> str:
    """Returns the front page or a taxonomy page."""
    title = SECTIONS[view.section] if view.section else "ताजा समाचार"
    main = f"""<h1 class="title" id="page-title">{esc(title)}</h1><div class="view-content"><ul>
{items(view.pages[:40], view.now)}</ul></div>"""
    return _shell(view.site, f"<title>{esc(title)} | {esc(view.site.name)}</title>", main)


def _shell(site: Site, head: str, main: str) -> str:
    return f"""<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML+RDFa 1.0//EN" "http://www.w3.org/MarkUp/DTD/xhtml-rdfa-1.dtd">
<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="hi" version="XHTML+RDFa 1.0" dir="ltr"
 xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/terms/"
 xmlns:foaf="http://xmlns.com/foaf/0.1/" xmlns:sioc="http://rdfs.org/sioc/ns#">
<head profile="http://www.w3.org/1999/xhtml/vocab">
<meta http-equiv="Content-Type" content="text/html; charset=utf-8" />
<meta name="Generator" content="Drupal 7 (http://drupal.org)" />
{head}
<link rel="alternate" type="application/rss+xml" href="/hindi/rss.xml" />
<style type="text/css" media="all">{_CSS}</style>
<script type="text/javascript">{_JS}</script>
</head>
<body class="html not-front not-logged-in one-sidebar sidebar-second page-node node-type-story">
<div id="skip-link"><a href="#main-content" class="element-invisible element-focusable">Skip to main content</a></div>
<div id="page"><div id="header"><a href="/hindi" title="मुख्य पृष्ठ" id="logo">{esc(site.name)}</a>
<div id="site-slogan">समाचार सेवा, हिंदी</div></div>
<div id="navigation"><ul id="main-menu" class="links">
{menu('<li><a href="{url}">{title}</a></li>', "/hindi/taxonomy/{key}")}</ul></div>
<div id="main"><a id="main-content"></a>
{main}
</div>
<div id="footer"><p>{esc(site.latin)} news service. बिना अनुमति पुनर्प्रकाशन वर्जित है।</p></div></div>
</body>
</html>
"""
