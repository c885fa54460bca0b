"""An order as the case about a subject knows it. Pure."""

from __future__ import annotations

import msgspec

from tipstaff.casework.events import OrderChanged, Ordered


class OrderOn(msgspec.Struct, frozen=True):
    """An order about this subject, and what of it is left."""

    said: Ordered
    changes: tuple[OrderChanged, ...] = ()

    @property
    def targets(self) -> tuple[str | None, ...]:
        """The posts that it is about now; None stands for the whole subject."""
        return self.changes[-1].targets if self.changes else self.said.targets

    @property
    def territory(self) -> str:
        """Where it holds now."""
        return self.changes[-1].territory if self.changes else self.said.territory

    @property
    def deadline(self) -> int:
        """When the authority wants it carried out."""
        return self.changes[-1].deadline if self.changes else self.said.deadline

    @property
    def named(self) -> tuple[str | None, ...]:
        """Everything that it was about, at first or after a change."""
        return (*self.said.targets, *(post for change in self.changes for post in change.targets))

    @property
    def snapshots(self) -> tuple[bytes, ...]:
        """The posts that it names, each as it was when the case was told of it; none of those `gone`."""
        return (*self.said.snapshots, *(one for change in self.changes for one in change.snapshots))

    @property
    def gone(self) -> tuple[str, ...]:
        """The posts that were gone from the host when the case was told of them: no snapshots are kept."""
        return (*self.said.gone, *(post for change in self.changes for post in change.gone))

    def covers(self, post: str | None) -> bool:
        """Say whether it is about a post, or about the whole subject where `post` is None."""
        return None in self.targets or post in self.targets

    def said_about(self, post: str | None) -> bool:
        """Say whether it was at first."""
        return None in self.said.targets or post in self.said.targets
