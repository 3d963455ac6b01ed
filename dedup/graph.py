"""Connected components: the one bit of graph theory that relations and families need.

Here belongs union-find over names. Not here: which edges count, and what a component means.
"""

from __future__ import annotations

from collections.abc import Iterable


def components(edges: Iterable[tuple[str, str]], nodes: Iterable[str] = ()) -> list[list[str]]:
    """Groups names that are joined by edges, directly or through others.

    Args:
        edges: Pairs of names, in any order.
        nodes: Names that belong to the result even without an edge.

    Returns:
        The groups, each sorted, in the order of their first names: the same for every order of
        the edges.
    """
    parent: dict[str, str] = {}

    def find(name: str) -> str:
        parent.setdefault(name, name)
        root = name
        while parent[root] != root:
            root = parent[root]
        while parent[name] != root:
            parent[name], name = root, parent[name]
        return root

    for a, b in edges:
        root_a, root_b = find(a), find(b)
        if root_a != root_b:
            parent[max(root_a, root_b)] = min(root_a, root_b)
    groups: dict[str, list[str]] = {}
    for name in sorted({*parent, *nodes}):
        groups.setdefault(find(name), []).append(name)
    return sorted(groups.values())
