# ruff: noqa: E501 - markup stands in the lines in which content systems print it.
"""The regional site: tables of old, section pages instead of feeds, the date as Hindi text.

No JSON-LD, no meta elements for dates; some pages tell no more than the day.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final
from urllib.parse import unquote

from press.cms.common import ListView, View, blocks, esc, image_path, menu
from press.dates import hindi_date, hindi_stamp
from press.page import Page
from press.sites import Site
from press.story import SECTIONS

_CSS: Final = """
body{font-family:Mangal,'Noto Sans Devanagari',sans-serif;background:#fdfaf3;margin:0}table.frame{width:
1000px;margin:auto}td.menu a{display:block;padding:5px;border-bottom:1px dotted #999}td{vertical-align:top}
.khabar{font-size:17px;line-height:1.7}.shirshak{font-size:26px;color:#7a1f00}.tithi{color:#555;font-size:13px}
.dabba{border:1px solid #d8c9a0;padding:8px;margin-bottom:12px;background:#fff}.pad{background:#7a1f00;color:#fff}
"""
_JS: Final = """
function bigger(n){var e=document.getElementById('khabar');e.style.fontSize=n+'px'}
function printPage(){window.print()}
"""


def article(view: View) -> str:
    """Returns the page of an article."""
    page, headline = view.page, esc(view.version.headline)
    by = page.author or page.credit.byline or page.site.name
    told = (
        hindi_date(page.published_at) if page.precision == "day" else hindi_stamp(page.published_at)
    )
    main = f"""<td class="content">
<div class="path"><a href="/">मुख्य पृष्ठ</a> &raquo; <a href="/{page.section}/">{SECTIONS[page.section]}</a></div>
<h1 class="shirshak">{headline}</h1>
<div class="tithi">प्रकाशित: {told} | {esc(by)}</div>
<div class="tools"><a href="javascript:bigger(20)">अ+</a> <a href="javascript:bigger(14)">अ-</a>
<a href="javascript:printPage()">प्रिंट करें</a> <a href="mailto:?">मित्र को भेजें</a></div>
<div class="photo"><img src="{esc(image_path(page))}" width="480" alt=""><br><small>फाइल फोटो</small></div>
<div class="khabar" id="khabar">
{chr(10).join(blocks(view, heading="h4", attributes=' align="justify"'))}
</div>
<div class="dabba"><b>यह भी पढ़ें</b><ul>{_links(view.related[:4], view.now)}</ul></div>
<div class="dabba"><b>अपनी राय दें</b><form><textarea rows="3" cols="50"></textarea><br>
<input type="button" value="भेजें"></form></div>
</td>
<td class="right" width="200"><div class="dabba"><b>ताजा समाचार</b><ul>{_links(view.latest[:7], view.now)}</ul></div>
<div class="dabba">विज्ञापन के लिए संपर्क करें: विंध्य तारा कार्यालय, सिरमौर चौराहा</div></td>"""
    head = f"""<title>{headline} :: {esc(page.site.name)}</title>
<meta name="description" content="{esc(page.summary)}">
<meta property="og:title" content="{headline}">
<meta property="og:url" content="{esc(page.url)}">"""
    return _shell(page.site, head, main)


def _links(pages: Iterable[Page], now: datetime) -> str:
    # The CMS writes Devanagari addresses as they are; browsers encode them.
    return "\n".join(
        f'<li><a href="{esc(unquote(page.path))}">{esc(page.at(now).headline)}</a></li>'
        for page in pages
    )


def listing(view: ListView) -> str:
    """Returns the home page or a section: the only ways to find its articles."""
    title = SECTIONS[view.section] if view.section else view.site.name
    main = f"""<td class="content"><h1>{esc(title)}</h1><ul class="suchi">
{_links(view.pages, view.now)}
</ul></td>"""
    return _shell(view.site, f"<title>{esc(title)} :: {esc(view.site.name)}</title>", main)


def _shell(site: Site, head: str, main: str) -> str:
    return f"""<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html>
<head>
<meta http-equiv="Content-Type" content="text/html; charset=utf-8">
{head}
<style type="text/css">{_CSS}</style>
<script type="text/javascript">{_JS}</script>
</head>
<body>
<table class="frame" cellpadding="4"><tr><td colspan="3" class="pad"><a href="/">{esc(site.name)}</a>
<br>विंध्य की धरती का अपना समाचार पत्र</td></tr>
<tr><td class="menu" width="140"><a href="/">मुख्य पृष्ठ</a>
{menu('<a href="{url}">{title}</a>')}
<a href="/sampark">संपर्क</a></td>
{main}
</tr>
<tr><td colspan="3" class="pad">&copy; {esc(site.latin)}, रीवा (म.प्र.) | सभी विवाद रीवा न्यायालय के अधीन</td></tr>
</table>
</body>
</html>
"""
