"""What PyTorch says of tensors that cannot be written over, or differentiated by."""

from __future__ import annotations

LEAF = "a leaf Variable that requires grad is being used in an in-place operation."

OF_LEAF = f"a view of {LEAF}"

WITHOUT = "with torch.no_grad(): around it, or x = x + 1"

SEVERAL = (
    "Output {} is a view and is being modified inplace. This view is the output of a function that "
    "returns multiple views. Such functions do not allow the output views to be modified inplace. "
    "You should replace the inplace operation by an out-of-place one."
)

UNTRACKED = (
    "A view was created in no_grad mode and is being modified inplace with grad mode enabled. "
    "Given that this use case is ambiguous and error-prone, it is forbidden. You can clarify your "
    "code by moving both the view and the inplace either both inside the no_grad block (if you "
    "don't want the inplace to be tracked) or both outside (if you want the inplace to be tracked)."
)

OVERLAPPING = (
    "unsupported operation: more than one element of the written-to tensor refers to a single "
    "memory location. Please clone() the tensor before performing the operation."
)

NO_FLOATS = "Only Tensors of floating point and complex dtype can require gradients"

INFERENCE = (
    "Inplace update to inference tensor outside InferenceMode is not allowed.You can make a clone "
    "to get a normal tensor before doing inplace update.See "
    "https://github.com/pytorch/rfcs/pull/17 for more details."
)
