"""HTTP: routes, access, problems; `app.py` is the composition root."""
