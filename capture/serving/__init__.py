"""The network front: it reads requests, refuses what is slow, endless or malformed, answers finished pages at once
and hands every whole request to an ordinary WSGI application in a bounded lane of threads. It knows no page, no
form and no database: a product describes itself in a `Plan`, and nothing here imports another room."""
