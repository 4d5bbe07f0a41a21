"""A drawing as one HTML page, which opens boxes and highlights paths without any network."""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING

from gradcli.render.svg import svg

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gradcli.render.drawing import Drawing

ROOM = 4_000
"""Nodes of all views in which a box is open by itself; the inner boxes of more stay closed."""

MOST_NODES = 2_000
"""Up to how many nodes a view is drawn."""

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title><style>
:root{{color-scheme:light dark}}
body{{margin:0;font:14px system-ui,sans-serif;background:#fff;color:#1f2328}}
@media(prefers-color-scheme:dark){{body{{background:#0d1117;color:#e6edf3}}}}
header{{padding:10px 14px;position:sticky;top:0;left:0}}
code{{white-space:pre-wrap;font:13px ui-monospace,Menlo,Consolas,monospace}}
button{{font:inherit;margin-right:6px}}.hint{{opacity:.7}}
.view[hidden]{{display:none}}.fit svg{{max-width:100%;max-height:calc(100vh - 8em);height:auto}}
.node.folded,.box{{cursor:pointer}}
.dim .node,.dim .link{{opacity:.15}}.dim .on{{opacity:1}}.dim .link.on path{{stroke-width:2.4}}
</style></head><body>
<header><p><code>{title}</code></p><p>{buttons}<button id="fit">fit</button><span class="hint">
point at a node to see its paths{hint}</span></p></header>
<main>{views}</main>
<script>
const home={home};
function show(name){{
document.querySelectorAll(".view").forEach(v=>v.hidden=v.dataset.view!==name)}}
function has(name){{return document.querySelector('.view[data-view="'+name+'"]')}}
function reach(links,start,from,to){{const met=new Set([start]),todo=[start];
while(todo.length){{const n=todo.pop();
for(const l of links)if(l.dataset[from]===n&&!met.has(l.dataset[to])){{
met.add(l.dataset[to]);todo.push(l.dataset[to])}}}}
return met}}
document.querySelectorAll(".view").forEach(view=>{{
const nodes=[...view.querySelectorAll("[data-node]")];
const links=[...view.querySelectorAll("[data-from]")];
nodes.forEach(node=>{{
node.onmouseenter=()=>{{const id=node.dataset.node;
const after=reach(links,id,"from","to"),before=reach(links,id,"to","from");
view.classList.add("dim");
const on=(x,a,b)=>x.classList.toggle("on",after.has(a)||before.has(b));
nodes.forEach(n=>on(n,n.dataset.node,n.dataset.node));
links.forEach(l=>on(l,l.dataset.from,l.dataset.to))}};
node.onmouseleave=()=>view.classList.remove("dim");
if(+node.dataset.node<0)node.onclick=()=>{{
const n="b"+(-1-node.dataset.node);if(has(n))show(n)}}}});
view.querySelectorAll("[data-box]").forEach(box=>box.onclick=()=>{{
const name=box.dataset.parent===""?"closed":"b"+box.dataset.parent;show(has(name)?name:home)}})}});
document.querySelector("#fit").onclick=()=>document.body.classList.toggle("fit");
document.querySelectorAll("[data-show]").forEach(b=>b.onclick=()=>show(b.dataset.show));
</script></body></html>
"""


def page(drawing: Drawing, title: str) -> str:
    """The page; the first view has those boxes open that are open in a picture."""
    views = dict(_views(drawing))
    names = {"home": "overview", "closed": "all closed", "open": "all open"}
    return _PAGE.format(
        title=escape(title),
        home=json.dumps("home"),
        hint="; click a box to open or close it" if drawing.frames else "",
        buttons="".join(
            f'<button data-show="{name}">{text}</button>'
            for name, text in names.items()
            if name in views and len(views) > 1
        ),
        views="\n".join(
            f'<div class="view" data-view="{name}"{"" if name == "home" else " hidden"}>'
            f"{svg(view)}</div>"
            for name, view in views.items()
        ),
    )


def _views(drawing: Drawing) -> Iterator[tuple[str, Drawing]]:
    """What can be looked at: the picture, all closed, all open, and each box open by itself."""
    yield "home", drawing.unfolded()
    if drawing.frames:
        yield "closed", drawing.unfolded(())
        if len(drawing.nodes) <= MOST_NODES:
            yield "open", drawing.unfolded(drawing.frames)
    room = ROOM
    for frame in drawing.frames:
        view = drawing.unfolded(set(drawing.chain(frame)))
        if len(view.nodes) > MOST_NODES:
            continue
        room -= len(view.nodes)
        if room < 0:
            return
        yield f"b{frame}", view
