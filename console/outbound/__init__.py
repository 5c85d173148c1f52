"""The one door to the network: which hosts and addresses, with which credential, for how long, how much.

Nothing else in the console imports an HTTP client or opens a socket to an upstream.
"""
