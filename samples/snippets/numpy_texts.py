import numpy as np

a = np.float32(0.9)
x = np.array([1.0, 2.0])
print(f"{a}", "{}".format(a), f"{a:.3f}", "%s" % a, str(a), f"{x[0]}")
print("%s %r %.2f %5s|%d %i" % (x, x, x[1], a, x[1], 3.7), "%(a)s %(a).2f" % {"a": x[1]})


class Point:
    def __repr__(self):
        return "Point!"


print("%s" % Point(), "%r" % "q")
try:
    print("%d" % [1])
except TypeError as error:
    print(error)
