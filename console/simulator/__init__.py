"""A simulated Azure OpenAI: v1 API, ARM and token server in one ASGI process, without any network.

It is written from the published specs alone and shares no code with the console, so that a
misunderstanding in the client cannot hide in the server.
"""
