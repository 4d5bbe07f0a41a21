"""What the frameworks themselves answer to calls of every name that gradcli takes from them."""
