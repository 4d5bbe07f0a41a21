import numpy as np, torch
a = np.zeros(3, dtype=int)
a[:] = np.array([0.5, 1.5, -2.5])
print(a)
a[0] = np.float64(3.7)
print(a)
b = np.arange(3)
b[1] = 7.9
print(b)
t = torch.zeros(3, dtype=torch.long)
t[0] = 2.7
t[1:] = torch.tensor([1.5, -1.5])
print(t)
t.copy_(torch.tensor([5.5, 6.5, 7.5]))
print(t)
c = np.array([1, 2, 3], ndmin=2)
print(c, np.full_like(b, 0.5), np.full_like(b, 0.5, dtype=float))
m = np.array([[1., 2.], [3., 4.]])
v = m.view()
v[0, 0] = 100
print(m)
f = m.flatten(); f[0] = -1
print(m)
r = m.ravel(); r[0] = -1
print(m)
np.add(m, 1, out=m)
print(m)
np.exp(m * 0, out=r.reshape(2, 2))
print(r)
d = m[:, 0]
d -= 5
print(m)
def g(x):
    x -= 1
    return x
g(m[1])
print(m)
rows = [row for row in m]
rows[0][:] = 0
print(m)
x, y = m
y += 3
print(m)
mask = m > 0
m[mask] = 9
s = m[mask]
s[0] = 77
print(m, s)
i = m[[0, 1]]
i[0] = 5
print(m)
for i, row in enumerate(m):
    row[i] = i
print(m)
m[0], m[1] = m[1].copy(), m[0].copy()
print(m)
m[0], m[1] = m[1], m[0]
print(m)
z = np.zeros((2, 3)); z.T[0] = [1, 2]; print(z)
w = z.reshape(-1); w[2] = 4; print(z)
e = z[None]; e[0, 1, 1] = 6; print(z)
q = np.squeeze(e); q *= 2; print(z)
h = z; h = h + 1; print(z)
p = z.copy(); p[:] = 0; print(z)
l, k = np.split(z, [1], axis=1); l[:] = -7; print(z)
print(torch.from_numpy(z)[0] is None)
u = torch.as_tensor(z); u.mul_(0); print(z)
z.fill(2); print(u)
j = torch.tensor(z); j.zero_(); print(z)
grads = {'w': np.ones(2)}
gw = grads['w']
gw += 1
print(grads)
A = np.eye(2)
B = A
B[0, 0] = 5
print(A)
np.random.seed(0); s = np.arange(6.); np.random.shuffle(s[:3]); print(s)
s.sort()
print(s)
