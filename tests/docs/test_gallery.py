"""Pictures of pages: each page has one, and what stands in the docs is what there is."""

from __future__ import annotations

from docs.pages import DOCS, tool

from tipstaff.web.handlers import WEB


def test_every_page_has_a_picture() -> None:
    """All that is opened, but for parts of pages, which `make screenshots` takes."""
    made = tool("make_screenshots")
    pages = {shot.operation for shot in made.SHOTS} | made.PICTURELESS
    opened = {
        handler.operation_id
        for route in WEB.routes
        for handler in route.route_handlers
        if "GET" in getattr(handler, "http_methods", ())
    }
    left = {one for one in opened - pages if one.startswith(("show", "find", "preview"))}
    assert left == PARTS
    assert pages <= opened


def test_the_gallery_is_what_was_taken() -> None:
    """Each picture stands on the page of pictures, and in the folder; nothing else does."""
    made = tool("make_screenshots")
    assert made.GALLERY.read_text("utf-8") == made.gallery()
    taken = {path.stem for path in (DOCS / "images" / "pages").iterdir()}
    assert taken == {shot.name for shot in made.SHOTS}


PARTS = {"showImage", "showImageByLink", "showNextCase", "showOwnImage", "showPostedImage"}
"""What is a part of a page, or leads to one."""
