"""The loader of workflows, and the workflows that come with Genga."""
