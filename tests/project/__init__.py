"""The project's rules about itself: sizes, names, layers, packaging and files that must agree."""
