"""Lays a letter out: render.py html|pdf REQUEST.json OUTPUT. A process of its own, so that a fault of the typesetting harms nothing else.

The request: {"layout": "standard", "lang": "en-GB", "council", "title", "date", "reference", "area", "address": [], "sender",
"paragraphs": [{"heading", "text"}]}. Text is plain: blank lines part paragraphs, lines that begin with "• " are a list.
The PDF is tagged and says PDF/UA-1, with its title and language.
"""
import json
import pathlib
import re
import sys

import jinja2

HERE = pathlib.Path(__file__).resolve().parent


def blocks(text, sentences=False):
    """Plain text as paragraphs (strings) and lists (lists of strings); for easy read a paragraph is one sentence."""
    out = []
    for line in text.splitlines():
        line = line.strip()
        if line.startswith("• "):
            if not out or isinstance(out[-1], str):
                out.append([])
            out[-1].append(line[2:])
        elif line:
            out.extend(re.split(r"(?<=[.!?])\s+(?=[A-Z])", line) if sentences else [line])
    return out


def page(request):
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(HERE / "layout"), autoescape=True, undefined=jinja2.StrictUndefined)
    environment.filters["blocks"] = blocks
    return environment.get_template(request["layout"] + ".html").render(**request)


def main():
    mode, source, target = sys.argv[1:4]
    html = page(json.loads(pathlib.Path(source).read_text(encoding="utf-8")))
    if mode == "html":
        pathlib.Path(target).write_text(html, encoding="utf-8")
        return
    import weasyprint  # slow to load; not needed for a preview

    def nothing(url, *_, **__):
        raise ValueError("a letter fetches nothing: " + url)

    weasyprint.HTML(string=html, url_fetcher=nothing).write_pdf(target, variant="pdf/ua-1")


main()
