"""For any WSGI server behind a proxy that buffers requests; `capture serve` needs neither."""

from capture.serving.middleware import BehindProxy
from capture.serving.start import make_plan

app = BehindProxy(make_plan())
