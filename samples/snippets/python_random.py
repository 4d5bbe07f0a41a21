import random, itertools, os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
random.seed(1337)
print(random.random(), random.uniform(-1, 1), random.randint(0, 9), random.gauss(0, 1))
l = list(range(5)); random.shuffle(l); print(l, random.sample(l, 2), random.choice(l), random.choices([1, 2, 3], k=2))
r = random.Random(0); print(r.random())
print(list(itertools.accumulate([1, 2, 3])), list(itertools.zip_longest([1, 2], [3])))
print([x for _, x in zip(range(4), itertools.cycle([1, 2]))])
