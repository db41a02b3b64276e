"""Property tests are judged by what they find, not by how long a full machine took for one example."""

from hypothesis import settings

settings.register_profile("house", settings(), deadline=None)
settings.load_profile("house")
