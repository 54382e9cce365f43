"""A demonstration: a made-up neighbourhood, its people, and waves of the survey, marked as made up wherever shown.

Everything goes the way that real waves go. What is assumed of people and answers is in `assumed.toml`.
"""
