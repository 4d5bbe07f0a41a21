import torch

A = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
B = torch.tensor([[0.3, 1.7], [-2.1, 0.4]])
C = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]])
D = torch.tensor([[2.1, 0.3, -0.7], [0.2, 1.9, 0.4], [-0.5, 0.6, 3.3]])
print(torch.det(A).item(), torch.det(C).item(), torch.linalg.det(torch.stack([B, 3 * B])).tolist())
print(torch.inverse(B).tolist(), torch.linalg.solve(B, torch.tensor([1.0, 2.0])).tolist())
print(torch.logdet(D).item(), torch.linalg.slogdet(D).logabsdet.item(), torch.det(D).item())
torch.logdet(A @ A.T).backward()
print(A.grad)
A.grad = None
torch.inverse(A).sum().backward()
print(A.grad)
print(torch.linalg.svdvals(D).tolist())
