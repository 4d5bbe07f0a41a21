const f = x => x.square(;
