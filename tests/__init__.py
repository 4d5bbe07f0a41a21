"""The tests of gradcli."""
