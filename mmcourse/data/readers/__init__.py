"""One reader a dataset family: a folder of unpacked files in, named columns out."""
