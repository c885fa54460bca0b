"""How provisions are cited."""

from __future__ import annotations

from tipstaff.policy.model import Language, Provision


def citation(provision: Provision, language: Language) -> str:
    """Return the instrument of a provision, and its article if it has any."""
    instrument = provision.instrument.in_language(language)
    if not provision.article:
        return instrument
    if language is Language.ZH:
        return f"{instrument}第{provision.article}条"
    return f"{instrument}, article {provision.article}"
