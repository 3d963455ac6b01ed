"""Connected components: the one bit of graph theory that relations and families need.

Here belongs union-find over names. Not here: which edges count, and what a component means.
"""

from __future__ import annotations

from collections.abc import Iterable


class Joined:
    """Union-find over names; a name that was never joined stands for itself."""

    def __init__(self) -> None:
        self._parent: dict[str, str] = {}

    def root(self, name: str) -> str:
        """The name that stands for the group of `name`: the first of its members by name."""
        parent = self._parent
        if name not in parent:
            return name
        root = name
        while parent[root] != root:
            root = parent[root]
        while parent[name] != root:
            parent[name], name = root, parent[name]
        return root

    def join(self, a: str, b: str) -> None:
        """Joins the groups of two names."""
        root_a, root_b = sorted((self.root(a), self.root(b)))
        for root in (root_a, root_b):
            self._parent.setdefault(root, root)
        self._parent[root_b] = root_a

    def groups(self, nodes: Iterable[str] = ()) -> list[list[str]]:
        """The groups of all names that were joined, and of `nodes`.

        Returns:
            The groups, each sorted, in the order of their first names.
        """
        found: dict[str, list[str]] = {}
        for name in sorted({*self._parent, *nodes}):
            found.setdefault(self.root(name), []).append(name)
        return sorted(found.values())


def components(edges: Iterable[tuple[str, str]], nodes: Iterable[str] = ()) -> list[list[str]]:
    """Groups names that are joined by edges, directly or through others.

    Args:
        edges: Pairs of names, in any order.
        nodes: Names that belong to the result even without an edge.

    Returns:
        The groups, each sorted, in the order of their first names: the same for every order of
        the edges.
    """
    joined = Joined()
    for a, b in edges:
        joined.join(a, b)
    return joined.groups(nodes)
