"""xltools demo (under construction)."""


def play(folder, force=False):
    return []
