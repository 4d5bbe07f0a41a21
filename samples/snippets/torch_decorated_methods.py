import torch


class Model:
    scale = 3.0

    @torch.no_grad()
    def predict(self, x):
        return x * self.scale


print(Model().predict(torch.ones(2, requires_grad=True)))
