"""The list of references as an ordered list whose entries lead back to the pages that cite them.

sphinxcontrib-bibtex writes citations, which become elements of the role ``doc-biblioentry`` in one of the
role ``list``. ARIA allows only ``listitem`` in a list, and has given up that other role. ``<ol>`` and
``<li>`` need no role, and keep the ids that citations in the text lead to.
"""

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment


def pages_with_references(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """They are written again after any change, because another page may now cite an entry."""
    if "cite" not in env.domaindata:
        return []
    return sorted({key.docname for key in env.get_domain("cite").bibliographies})


def list_references(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """Replace the citations on ``page`` by an ordered list."""
    if "cite" not in app.env.domaindata:
        return
    entries = [node for node in doctree.findall(nodes.citation) if node["ids"]]
    for parent in dict.fromkeys(entry.parent for entry in entries):
        items = [_item(app, page, entry) for entry in parent.children if entry in entries]
        parent.children = [nodes.enumerated_list("", *items, enumtype="arabic", classes=["s2s-references"])]
        parent.setup_child(parent.children[0])


def _item(app: Sphinx, page: str, entry: nodes.citation) -> nodes.list_item:
    body = [child for child in entry.children if not isinstance(child, nodes.label)]
    item = nodes.list_item("", *body, ids=entry["ids"])
    if cited := _cited_in(app, entry):
        line = nodes.paragraph("", "Cited in ", classes=["s2s-cited-in"])
        for number, (docname, anchor) in enumerate(cited.items()):
            uri = f"{app.builder.get_relative_uri(page, docname)}#{anchor}"
            title = app.env.titles[docname].astext()
            line += [nodes.Text(", ")] if number else []
            line += nodes.reference("", title, internal=True, refuri=uri)
        item += line
    return item


def _cited_in(app: Sphinx, entry: nodes.citation) -> dict[str, str]:
    """The pages that cite the entry, in the order of the contents, and where each does so first."""
    domain, relations = app.env.get_domain("cite"), app.env.collect_relations()
    keys = {one.key for one in domain.citations if one.citation_id in entry["ids"]}
    found = {}
    for reference in domain.citation_refs:
        if keys & {target.key for target in reference.targets}:
            found.setdefault(reference.docname, reference.citation_ref_id)
    order = {docname: place for place, docname in enumerate(relations)}
    return dict(sorted(found.items(), key=lambda item: order.get(item[0], len(order))))


def connect(app: Sphinx) -> None:
    app.connect("env-updated", pages_with_references)
    app.connect("doctree-resolved", list_references, priority=900)
