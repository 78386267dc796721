"""What the use cases need from the outside, in our own words."""
