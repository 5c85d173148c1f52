"""The v1 API of Azure OpenAI, and of every server that speaks the same dialect; no Django in here."""
