"""How a dataset browser looks: a line that sums up, buttons, and the grid."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import panel_material_ui as pmui
from panel.viewable import Viewable

from imlkit.download import download_button
from imlkit.plain_text import PlainText

from .archive_upload import ArchiveUpload
from .browser_requests import Requests
from .dataset import Dataset
from .instance_grid import InstanceGrid
from .instance_listing import Listing
from .notice import Notice

if TYPE_CHECKING:
    from .dataset_browser import DatasetBrowser

__all__ = ["browser_view"]


def browser_view(browser: DatasetBrowser) -> Viewable:
    """Return a new view of a dataset browser."""
    total: Viewable = PlainText("", margin=0, styles={"flex": "1 1 12em"})
    grid = InstanceGrid(Requests(browser))
    dataset = browser.dataset
    file_name = re.sub(r"[^\w-]+", "-", dataset.name).strip("-")[:60] or "dataset"
    buttons = [
        download_button("Download", f"{file_name}.zip", dataset.download, browser.session, browser.title)
    ]
    if isinstance(dataset, Dataset):
        buttons.insert(0, _upload_button(browser))

    def show_listing(grid: InstanceGrid, listing: Listing) -> None:
        grid.show_listing(listing, browser.version_of, browser.page_size, _empty(browser))
        grid.show_selection(browser.selected.value, listing.shown)

    def show_selection(grid: InstanceGrid, ids: tuple[str, ...]) -> None:
        if browser.listing.has_value:
            grid.show_selection(ids, browser.listing.value.shown)

    browser.follow(browser.listing, total, _sum_up)
    browser.follow(browser.listing, grid, show_listing)
    browser.follow(browser.selected, grid, show_selection)
    browser.follow(browser.notice, grid, InstanceGrid.show_notice)
    head = pmui.FlexBox(
        total,
        pmui.Row(*buttons, margin=0, sx={"gap": "8px", "alignItems": "center"}, styles={"flex": "0 1 auto"}),
        gap="8px",
        align_items="center",
        margin=(0, 0, 8, 0),
    )
    view: Viewable = pmui.Column(head, grid, sizing_mode="stretch_width", margin=0)
    return view


def _upload_button(browser: DatasetBrowser) -> Viewable:
    button = ArchiveUpload(
        browser.uploads.set,
        lambda error: browser.notice.set(Notice(str(error), "error")),
        browser.cancel,
    )
    browser.follow(browser.progress, button, ArchiveUpload.show_progress)
    return button


def _empty(browser: DatasetBrowser) -> str:
    if isinstance(browser.dataset, Dataset):
        return (
            "No instances yet. Capture some with a label, or upload a zip file with a folder of "
            "images for each class: they appear here at once."
        )
    return "No instance matches. As soon as one does, it appears here."


def _sum_up(text: Any, listing: Listing) -> None:
    instances = "instance" if listing.total == 1 else "instances"
    labels = len(listing.labels)
    said = f"{listing.total:,} {instances} in {labels:,} {'class' if labels == 1 else 'classes'}"
    if listing.unlabelled:
        said += f", {listing.unlabelled:,} without a label"
    text.object = said if listing.total else "No instances"
