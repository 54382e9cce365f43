"""Statistics Denmark's StatBank: asking its API, and reading its answers and the files people download from it.

Nothing goes out unless the operator has given an address. Every reader gives an Extract, or raises BadFile.
"""
