from torch.utils.data import DataLoader

loader = DataLoader([1, 2, 3], batch_size=2)
