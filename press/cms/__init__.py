"""The looks of the six sites: one module each, plain functions from a view to HTML.

Here belongs everything around a text: heads, menus, boxes, buttons, footers, scripts. What the
text says comes from outside. The markup has the habits of real content systems, debris included.
"""
