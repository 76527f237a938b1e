"""The zones of these tests come from the tzdata package, as in the daemon."""

from mailsla.adapters.zones import use_packaged_tzdata

use_packaged_tzdata()
