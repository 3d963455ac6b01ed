"""Pages after the habits of real content systems, round articles written for these tests.

Each maker returns the bytes of a page; the article is the same in all of them, so that a test can
ask for the same text whatever surrounds it.
"""
# ruff: noqa: E501 (pages are written as the systems write them)

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

NOW = datetime(2024, 11, 22, 6, 0, tzinfo=UTC)
"""The clock of the tests: themes print this day at the top of their pages."""
HEADLINE = "पहाड़ी गांवों तक पहुंचेगी रोपवे से डाक, चमोली में पहला केंद्र शुरू"
SUMMARY = "बर्फबारी के दिनों में कटे रहने वाले 14 गांवों को अब हफ्ते में तीन दिन डाक मिलेगी।"
PARAGRAPHS = (
    "चमोली, 18 जून। उत्तराखंड के चमोली जिले में मंगलवार को रोपवे से डाक भेजने का पहला केंद्र शुरू हो गया। "
    "इससे नंदप्रयाग के ऊपर बसे 14 गांवों को हफ्ते में तीन दिन चिट्ठियां, दवाएं और छोटे पार्सल मिल सकेंगे।",
    "डाक विभाग के मंडल अधीक्षक हरीश नेगी ने बताया कि सर्दियों में सड़क बंद होने पर इन गांवों तक डाक पहुंचने में "
    "कभी-कभी बीस दिन लग जाते थे। अब यह काम चालीस मिनट में हो जाएगा।",
    "केंद्र पर लगी ट्रॉली एक बार में 60 किलो सामान ले जाती है। इसे चलाने के लिए गांव की आठ महिलाओं को प्रशिक्षण दिया "
    "गया है, जिन्हें हर फेरे के हिसाब से भुगतान होगा।",
    "परियोजना पर कितना खर्च हुआ",
    "अधिकारियों के अनुसार परियोजना पर 2.4 करोड़ रुपये खर्च हुए हैं और रखरखाव का जिम्मा ग्राम पंचायतों की समिति को "
    "सौंपा गया है। समिति हर तीन महीने में खर्च का ब्योरा सार्वजनिक करेगी।",
    'ग्राम प्रधान विमला देवी ने कहा, "बच्चों की किताबें और बुजुर्गों की दवा समय पर आ जाए, हमारे लिए इससे बड़ी बात क्या होगी।" '
    "उन्होंने मांग की कि अगले चरण में पांच और गांव जोड़े जाएं।",
    "विभाग का कहना है कि नतीजे अच्छे रहे तो पिथौरागढ़ और उत्तरकाशी में भी ऐसे केंद्र खोले जाएंगे।",
)
SUBHEADING = 3
"""Index of the paragraph that is a heading."""
TEXT = "\n\n".join(PARAGRAPHS)
OTHER = (
    "देहरादून में साइकिल पथ का काम पूरा, रविवार से खुलेगा",
    "कुमाऊं की पारंपरिक ऐपण कला को मिला नया बाजार",
    "मसूरी के स्कूलों में अब सौर ऊर्जा से गर्म होगा पानी",
    "केदार घाटी में पक्षियों की गणना अगले महीने से",
)
URL = "https://www.pahadikhabar.example/uttarakhand/ropeway-dak-kendra-48211.html"


@dataclass(frozen=True)
class Template:
    """A page maker and what its page says beside the text."""

    make: Callable[[], bytes]
    url: str = URL
    date_source: str | None = None
    published_at: datetime | None = None
    extractor: str = "generic"


def body(tag: str = "p", *, subheading: str = "h3", between: str = "") -> str:
    """The paragraphs of the article as markup, with something between the third and the fourth."""
    parts = [
        f"<{subheading}>{text}</{subheading}>" if index == SUBHEADING else f"<{tag}>{text}</{tag}>"
        for index, text in enumerate(PARAGRAPHS)
    ]
    return "\n".join([*parts[:3], between, *parts[3:]])


def links(count: int = 4) -> str:
    return (
        "<ul>"
        + "".join(f'<li><a href="/x/{i}">{t}</a></li>' for i, t in enumerate(OTHER[:count]))
        + "</ul>"
    )


def menu() -> str:
    names = ["देश", "प्रदेश", "दुनिया", "खेल", "मनोरंजन", "कारोबार", "शिक्षा", "राशिफल", "वीडियो"]
    return "<nav><ul>" + "".join(f'<li><a href="/{n}">{n}</a></li>' for n in names) + "</ul></nav>"


def wordpress() -> bytes:
    """A free news theme: today's date on top, the headline twice, a comment form, no JSON-LD."""
    return f"""<!doctype html><html lang="hi"><head><meta charset="UTF-8">
<title>{HEADLINE} &#8211; पहाड़ी खबर</title></head>
<body class="post-template-default single single-post postid-48211 single-format-standard">
<div class="head-detail"><ul class="info-left"><li>Fri. Nov 22nd, 2024 <span id="time" class="time"></span></li></ul></div>
<div class="headline-ticker"><a href="#">{HEADLINE}</a></div>{menu()}
<div id="content"><div class="single-wrap"><h1 class="title single"><a href="#">{HEADLINE}</a></h1>
<h4 class="sub">{HEADLINE}</h4>
<article class="small single">{body()}
<script>window.x = 1;</script>
<div class="clearfix mb-3"></div></article>
<div class="pf-content"><div class="bs-related"><h4>Related Post</h4>{links(3)}</div></div>
<div id="comments" class="comments-area"><div id="respond" class="comment-respond">
<h3 id="reply-title" class="comment-reply-title">Leave a Reply <small><a href="#">Cancel reply</a></small></h3>
<form><p class="comment-notes"><span id="email-notes">Your email address will not be published.</span>
<span class="required-field-message">Required fields are marked <span class="required">*</span></span></p>
<p class="comment-form-comment"><label for="comment">Comment *</label><textarea></textarea></p></form></div></div>
</div><aside class="widget-area"><h2>Recent Posts</h2>{links()}</aside></div></body></html>""".encode()


def wordpress_bare() -> bytes:
    """The same debris without a single class or id that would give it away."""
    return f"""<html><head><title>{HEADLINE}</title></head><body>
<div>Fri. Nov 22nd, 2024</div><div>{menu()}</div><h2>{HEADLINE}</h2><h1>{HEADLINE}</h1>
<div>{body()}</div><h4>Related Post</h4><div>{links(3)}</div><h3>Leave a Reply</h3>
<p>Your email address will not be published. Required fields are marked *</p></body></html>""".encode()


def hocalwire() -> bytes:
    """A hosted CMS: "Update: ... GMT", "Tags:", "Similar News", a stray end of a comment."""
    return f"""<html lang="hi"><head><meta charset="utf-8"><title>{HEADLINE} | पहाड़ी खबर</title>
<meta property="og:title" content="{HEADLINE}"><meta property="og:site_name" content="पहाड़ी खबर"></head><body>
<header>{menu()}</header><div class="details-page"><h1>{HEADLINE}</h1>
<div class="author-on"><span class="convert-to-localtime">Update: 2024-06-18 08:18 GMT</span></div>
<div class="image-wrap"><img alt=""><span class="hide-img">--></span></div>
<div class="entry-main-content">{body(between='<div class="ads">विज्ञापन</div>')}</div>
<div class="tags-wrapper"><span>Tags:&nbsp;&nbsp;&nbsp;</span><a href="/t/1">डाक</a> <a href="/t/2">रोपवे</a></div>
<div><h4>Similar News</h4>{links()}</div></div>--></body></html>""".encode()


def publisher() -> bytes:
    """A big publisher: JSON-LD in a graph, a standfirst, boxes in the text, an app promotion."""
    data = {
        "@context": "https://schema.org",
        "@graph": [
            {"@type": "Organization", "name": "पहाड़ी खबर"},
            {
                "@type": ["NewsArticle"],
                "headline": HEADLINE,
                "mainEntityOfPage": {"@type": "WebPage", "@id": URL},
                "description": SUMMARY,
                "datePublished": "2024-06-18T10:30:15+05:30",
                "dateModified": "2024-06-18T12:05:00+05:30",
                "author": [{"@type": "Person", "name": "राकेश बिष्ट"}],
                "articleSection": "उत्तराखंड",
                "keywords": ["डाक", "रोपवे"],
                "image": {"@type": "ImageObject", "url": "/i/48211.jpg"},
                "articleBody": PARAGRAPHS[0],
            },
        ],
    }
    also = f'<div class="box"><b>यह भी पढ़ें:</b> <a href="/x">{OTHER[0]}</a></div>'
    return f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>{HEADLINE} - पहाड़ी खबर</title>
<meta property="og:site_name" content="पहाड़ी खबर"><link rel="canonical" href="{URL}">
<script type="application/ld+json">{json.dumps(data, ensure_ascii=False)}</script></head><body>
<header>{menu()}</header><ol class="crumbs"><li><a href="/">Hindi News</a></li><li><a href="/uk">उत्तराखंड</a></li>
<li>Ropeway dak kendra</li></ol><article><h1>{HEADLINE}</h1><h2>{SUMMARY}</h2>
<div>By राकेश बिष्ट | Updated: Tue, 18 Jun 2024 12:05 PM (IST)</div>
<ul><li>फेसबुक</li><li>ट्विटर</li><li>कॉपी लिंक</li></ul>
<figure><img><figcaption>नंदप्रयाग में लगी ट्रॉली। फोटो: डाक विभाग</figcaption></figure>
<div class="x1 y2">{body(between=also)}</div>
<p>देश-दुनिया की ताजा खबरों के लिए हमारे व्हाट्सएप चैनल से जुड़ें</p>
<p>हर खबर सबसे पहले पाने के लिए पहाड़ी खबर का ऐप डाउनलोड करें।</p></article>
<section><h3>ट्रेंडिंग</h3>{links()}</section><footer>© 2024 पहाड़ी खबर. All rights reserved.</footer></body></html>""".encode()


def amp() -> bytes:
    """An AMP page: meta dates, custom elements, icon fonts."""
    return f"""<!doctype html><html amp lang="hi"><head><meta charset="utf-8"><title>{HEADLINE}</title>
<link rel="canonical" href="{URL}"><meta property="article:published_time" content="2024-06-18T10:30:15+05:30">
<style amp-boilerplate>body{{visibility:hidden}}</style></head><body><amp-sidebar>{links()}</amp-sidebar>
<article><header><h1>{HEADLINE}</h1><div class="meta">By <a rel="author" href="/a/7">राकेश बिष्ट</a></div></header>
<amp-img src="/a.jpg" width="600" height="400"></amp-img><div class="oi-article-lt">{body()}
<p>ताजा अपडेट पाने के लिए <a href="https://t.me/x">ज्वाइन करें हमारा टेलीग्राम चैनल</a></p></div></article>
<section><h2><a href="/all">More News <i class="material-icons">arrow_forward</i></a></h2>{links()}</section></body></html>""".encode()


def section_site() -> bytes:
    """A site without feeds: a table for a layout, dates in Hindi words, no meta elements."""
    return f"""<html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"><title>{HEADLINE} :: पहाड़ी खबर</title></head>
<body><table width="980"><tr><td colspan="3">{menu()}</td></tr><tr><td>{links(2)}</td><td>
<font size="5"><h1>{HEADLINE}</h1></font><time>१८ जून २०२४, सुबह 10:30 बजे</time>
<div><img src="a.jpg"><br><small>फाइल फोटो</small></div>{body(subheading="h4")}
<div><b>यह भी पढ़ें</b>{links(3)}</div></td><td><b>ताजा समाचार</b>{links()}</td></tr></table></body></html>""".encode()


def drupal() -> bytes:
    """Drupal: RDFa, nested field wrappers, the date in words."""
    return f"""<html xml:lang="hi"><head><title>{HEADLINE} | पहाड़ी खबर</title></head>
<body class="html not-front page-node node-type-story"><div id="page"><div id="main-menu">{links()}</div>
<div class="node node-story"><h1 id="page-title">{HEADLINE}</h1>
<div class="submitted">राकेश बिष्ट | 18 जून 2024, 10:30 AM IST</div>
<div class="field field-name-body"><div class="field-items"><div class="field-item even">{body()}</div></div></div>
<div class="field field-name-field-tags"><div class="field-label">शब्द: </div><a href="/t">डाक</a></div>
<ul class="links inline"><li class="comment_forbidden">टिप्पणी के लिए <a href="/user">लॉग इन</a> करें</li></ul></div>
<div class="region-sidebar"><h2>इसी वर्ग से</h2>{links()}</div></div></body></html>""".encode()


def line_breaks() -> bytes:
    """An old CMS: one element, paragraphs parted by two <br>; a script between them."""
    text = "<br><br>".join(PARAGRAPHS[:3]) + "<br/>\n<br/><b>" + PARAGRAPHS[3] + "</b><br><br>"
    text += "<br><br>".join(PARAGRAPHS[4:])
    return f"""<html><head><title>{HEADLINE}</title></head><body>{menu()}<div id="story"><h1>{HEADLINE}</h1>
<div class="date">18/06/2024 10:30</div><div>{text}</div></div><div>{links()}</div></body></html>""".encode()


def page_builder() -> bytes:
    """A page builder: every paragraph in a nest of its own, and the sidebar as well."""
    nested = "".join(
        f'<div class="elementor-element"><div class="elementor-widget-container"><p>{text}</p></div></div>'
        for text in PARAGRAPHS
    )
    return f"""<html><head><title>{HEADLINE}</title><meta property="og:title" content="{HEADLINE}"></head><body>
<div class="elementor-location-header">{menu()}</div><div class="elementor-section-wrap">
<div class="elementor-widget"><h1>{HEADLINE}</h1></div>{nested}</div>
<div class="elementor-element"><div class="elementor-widget-container">{links()}</div></div></body></html>""".encode()


def comments() -> bytes:
    """Readers write more prose below the article than the article has."""
    said = "मेरे गांव में भी यही हाल है और हम बरसों से यही मांग कर रहे हैं। सरकार को सोचना चाहिए।"
    many = "".join(f'<div class="c"><b>पाठक {i}</b><p>{said}</p></div>' for i in range(4))
    return f"""<html><head><title>{HEADLINE}</title></head><body>{menu()}<div><h1>{HEADLINE}</h1>
<div>{body()}</div><div><h4>टिप्पणियां</h4>{many}</div></div></body></html>""".encode()


def script_built() -> bytes:
    """A page that its scripts build: nothing to see, all of it in the JSON-LD."""
    data = {
        "@type": "NewsArticle",
        "headline": HEADLINE,
        "datePublished": "2024-06-18T10:30:15+05:30",
        "articleBody": "\n\n".join(PARAGRAPHS),
    }
    return f"""<html><head><title>{HEADLINE}</title><script type="application/ld+json">
{json.dumps(data, ensure_ascii=False)}</script></head><body><div id="root"></div></body></html>""".encode()


def read_more() -> bytes:
    """The rest of the text is hidden until a button is pressed."""
    return f"""<html><head><title>{HEADLINE}</title></head><body>{menu()}<h1>{HEADLINE}</h1>
<div style="display: none" id="full">{body()}</div><button>पूरी खबर पढ़ें</button>{links()}</body></html>""".encode()


_MINUTE = datetime(2024, 6, 18, 5, 0, tzinfo=UTC)
_SECOND = datetime(2024, 6, 18, 5, 0, 15, tzinfo=UTC)
TEMPLATES: dict[str, Template] = {
    "wordpress": Template(wordpress),
    "wordpress_bare": Template(wordpress_bare),
    "hocalwire": Template(
        hocalwire, date_source="text", published_at=datetime(2024, 6, 18, 8, 18, tzinfo=UTC)
    ),
    "publisher": Template(publisher, date_source="json_ld", published_at=_SECOND),
    "amp": Template(amp, date_source="meta", published_at=_SECOND),
    "section_site": Template(section_site, date_source="time", published_at=_MINUTE),
    "drupal": Template(drupal, date_source="text", published_at=_MINUTE),
    "line_breaks": Template(line_breaks, date_source="text", published_at=_MINUTE),
    "page_builder": Template(page_builder),
    "comments": Template(comments),
    "script_built": Template(
        script_built, date_source="json_ld", published_at=_SECOND, extractor="json_ld"
    ),
    "read_more": Template(read_more),
}
