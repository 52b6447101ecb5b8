"""Every address the resolver knows, with arguments that fit: what tests walk, so that a new page is in them by itself."""

from __future__ import annotations

from django.urls import URLPattern, get_resolver, reverse

# What an argument of an address is filled with: the first row of each kind in the small city.
ARGUMENTS: dict[str, object] = {
    "round": "thu-2024",
    "part": "par",
    "unit": "U1",
    "criterion": "1.2",
    "login": "officer",
    "item": 1,
    "question": 1,
    "appeal": 1,
    "attachment": 1,
    "job": 1,
    "reminder": 1,
    "document": 1,
    "path": "x.html",
}


def named_addresses() -> set[str]:
    """Every address by its name in the resolver."""
    found = set()

    def walk(patterns, prefix: str) -> None:
        for pattern in patterns:
            if isinstance(pattern, URLPattern):
                found.add(f"{prefix}{pattern.name}")
            else:
                walk(pattern.url_patterns, f"{pattern.namespace}:" if pattern.namespace else prefix)

    walk(get_resolver().url_patterns, "")
    return found


def arguments_of(name: str, **given: object) -> dict[str, object]:
    """The arguments an address takes, each from ARGUMENTS unless `given`."""
    namespace, _, bare = name.partition(":")
    resolver = get_resolver().namespace_dict[namespace][1]
    names = resolver.reverse_dict.getlist(bare)[0][0][0][1]
    return {key: given.get(key, ARGUMENTS[key]) for key in names}


def path_of(name: str, **given: object) -> str:
    return reverse(name, kwargs=arguments_of(name, **given))
