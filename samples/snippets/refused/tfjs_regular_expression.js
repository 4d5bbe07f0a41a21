const words = 'a b'.split(/\s+/);
