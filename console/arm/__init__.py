"""Azure's management plane, as far as the console reads it; no Django in here."""
