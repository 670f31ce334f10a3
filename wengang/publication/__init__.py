"""Sign-off, publication, restatement, and the comparison of revisions."""

from wengang.publication.diff import diff
from wengang.publication.publish import publish
from wengang.publication.sign import reject, sign

__all__ = ["diff", "publish", "reject", "sign"]
