"""Where a pretrained model comes from: a folder, the hub or an adapter, told by names and configs alone."""
