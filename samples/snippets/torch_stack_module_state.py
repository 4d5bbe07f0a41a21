import torch
from torch import nn
from torch.func import stack_module_state, functional_call
import copy

models = [nn.Linear(2, 1) for _ in range(3)]
for i, m in enumerate(models):
    nn.init.constant_(m.weight, float(i))
    nn.init.zeros_(m.bias)
params, buffers = stack_module_state(models)
base_model = copy.deepcopy(models[0])
base_model = base_model.to('meta')

def fmodel(params, buffers, x):
    return functional_call(base_model, (params, buffers), (x,))

data = torch.tensor([[1., 2.], [3., 4.]])
from torch import vmap
predictions = vmap(fmodel, in_dims=(0, 0, None))(params, buffers, data)
print(predictions)
