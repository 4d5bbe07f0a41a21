import torch
for n in "SGD Adam AdamW RMSprop Adagrad Adadelta Adamax NAdam RAdam Rprop ASGD".split():
    print(getattr(torch.optim, n)([torch.ones(1, requires_grad=True)]))
